package org.javisor.storage.ext4;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * POSIX access control lists have two forms: version 2, which system calls and archives use, has a
 * number in every entry; version 1, which ext4 stores, has one only where it means something.
 */
final class AccessControlList {

  private static final int DISK_VERSION = 1;
  private static final int CALL_VERSION = 2;
  private static final int NAMED_USER = 0x02;
  private static final int NAMED_GROUP = 0x08;

  private AccessControlList() {}

  /** Version 2 to version 1. */
  static byte[] toDisk(byte[] list) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(list).order(ByteOrder.LITTLE_ENDIAN);
    if (list.length < 4 || (list.length - 4) % 8 != 0 || in.getInt() != CALL_VERSION) {
      throw new IOException("malformed POSIX access control list");
    }
    ByteBuffer out = ByteBuffer.allocate(list.length).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(DISK_VERSION);
    while (in.hasRemaining()) {
      short tag = in.getShort();
      out.putShort(tag).putShort(in.getShort());
      int id = in.getInt();
      if (tag == NAMED_USER || tag == NAMED_GROUP) {
        out.putInt(id);
      }
    }
    return bytes(out);
  }

  /** Version 1 to version 2. */
  static byte[] toCall(byte[] list) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(list).order(ByteOrder.LITTLE_ENDIAN);
    if (list.length < 4 || in.getInt() != DISK_VERSION) {
      throw new IOException("malformed POSIX access control list");
    }
    ByteBuffer out = ByteBuffer.allocate(2 * list.length).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(CALL_VERSION);
    while (in.remaining() >= 4) {
      short tag = in.getShort();
      out.putShort(tag).putShort(in.getShort());
      boolean named = tag == NAMED_USER || tag == NAMED_GROUP;
      if (named && in.remaining() < 4) {
        throw new IOException("malformed POSIX access control list");
      }
      out.putInt(named ? in.getInt() : -1);
    }
    return bytes(out);
  }

  private static byte[] bytes(ByteBuffer out) {
    byte[] bytes = new byte[out.position()];
    out.get(0, bytes);
    return bytes;
  }
}
