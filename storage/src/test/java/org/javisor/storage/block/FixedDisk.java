package org.javisor.storage.block;

import java.nio.ByteBuffer;
import java.util.Random;

/** A read-only base of bytes in memory. */
record FixedDisk(byte[] bytes) implements BlockDevice {

  static FixedDisk random(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return new FixedDisk(bytes);
  }

  @Override
  public long size() {
    return bytes.length;
  }

  @Override
  public boolean readOnly() {
    return true;
  }

  @Override
  public void read(long offset, ByteBuffer destination) {
    destination.put(bytes, (int) offset, destination.remaining());
  }

  @Override
  public void write(long offset, ByteBuffer source) {
    throw new AssertionError("the base was written");
  }

  @Override
  public void flush() {}

  @Override
  public void discard(long offset, long length) {
    throw new AssertionError("the base was written");
  }

  @Override
  public void writeZeroes(long offset, long length) {
    throw new AssertionError("the base was written");
  }

  @Override
  public void close() {}
}
