package org.javisor.storage.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;

/** What lies below the lowest layer of a disk that stands on no image: no bytes at all. */
enum NoDisk implements BlockDevice {
  INSTANCE;

  @Override
  public long size() {
    return 0;
  }

  @Override
  public boolean readOnly() {
    return true;
  }

  @Override
  public void read(long offset, ByteBuffer destination) {
    Objects.checkFromIndexSize(offset, destination.remaining(), 0);
  }

  @Override
  public void write(long offset, ByteBuffer source) throws IOException {
    throw new IOException("the disk is read-only");
  }

  @Override
  public void flush() {}

  @Override
  public void discard(long offset, long length) throws IOException {
    throw new IOException("the disk is read-only");
  }

  @Override
  public void writeZeroes(long offset, long length) throws IOException {
    throw new IOException("the disk is read-only");
  }

  @Override
  public void close() {}
}
