package org.javisor.host;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.javisor.storage.block.BlockDevice;
import org.javisor.virtio.block.BlockBackend;

/** A disk of module storage behind a block device of module virtio. */
final class DiskBackend implements BlockBackend {
  private final BlockDevice disk;

  DiskBackend(BlockDevice disk) {
    this.disk = disk;
  }

  @Override
  public long sizeBytes() {
    return disk.size();
  }

  @Override
  public boolean readOnly() {
    return disk.readOnly();
  }

  @Override
  public void read(long offset, MemorySegment destination) throws IOException {
    disk.read(offset, destination.asByteBuffer());
  }

  @Override
  public void write(long offset, MemorySegment source) throws IOException {
    disk.write(offset, source.asByteBuffer());
  }

  @Override
  public void flush() throws IOException {
    disk.flush();
  }

  @Override
  public void discard(long offset, long length) throws IOException {
    disk.discard(offset, length);
  }

  @Override
  public void writeZeroes(long offset, long length, boolean mayUnmap) throws IOException {
    disk.writeZeroes(offset, length);
  }
}
