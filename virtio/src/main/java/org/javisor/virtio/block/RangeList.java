package org.javisor.virtio.block;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The ranges of a discard or write-zeroes request: {sector u64, sectors u32, flags u32} each. */
final class RangeList {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;

  RangeList(byte[] bytes) {
    this.bytes = bytes;
  }

  long sector(int index) {
    return (long) LONG.get(bytes, 16 * index);
  }

  /** In bytes. */
  long length(int index) {
    return ((int) INT.get(bytes, 16 * index + 8) & 0xffff_ffffL) * BlockDevice.SECTOR;
  }

  int flags(int index) {
    return (int) INT.get(bytes, 16 * index + 12);
  }
}
