package org.javisor.virtio.block;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/** A disk in an array; ranges can be made to fail. */
class MemoryDisk implements BlockBackend {
  final byte[] content;
  final AtomicInteger flushes = new AtomicInteger();
  final AtomicInteger discards = new AtomicInteger();
  boolean readOnly;
  volatile long failFrom = Long.MAX_VALUE;

  MemoryDisk(int bytes) {
    content = new byte[bytes];
  }

  @Override
  public long sizeBytes() {
    return content.length;
  }

  @Override
  public boolean readOnly() {
    return readOnly;
  }

  private void check(long offset, long length) throws IOException {
    if (offset + length > failFrom) {
      throw new IOException("a bad sector");
    }
  }

  @Override
  public void read(long offset, MemorySegment destination) throws IOException {
    check(offset, destination.byteSize());
    MemorySegment.copy(
        MemorySegment.ofArray(content), offset, destination, 0, destination.byteSize());
  }

  @Override
  public void write(long offset, MemorySegment source) throws IOException {
    check(offset, source.byteSize());
    MemorySegment.copy(source, 0, MemorySegment.ofArray(content), offset, source.byteSize());
  }

  @Override
  public void flush() {
    flushes.incrementAndGet();
  }

  @Override
  public void discard(long offset, long length) {
    discards.incrementAndGet();
  }

  @Override
  public void writeZeroes(long offset, long length, boolean mayUnmap) throws IOException {
    check(offset, length);
    MemorySegment.ofArray(content).asSlice(offset, length).fill((byte) 0);
  }
}
