package org.javisor.virtio.block;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * The disk behind a block device. Called from several threads at once, for ranges that lie wholly
 * within the disk; what overlapping calls do is the guest's own affair, but it must not throw
 * anything other than {@link IOException}.
 */
public interface BlockBackend {
  /** Bytes of the disk, a multiple of 512. */
  long sizeBytes();

  /** Whether writes are refused. */
  boolean readOnly();

  /** Fills the segment from {@code offset} bytes into the disk. */
  void read(long offset, MemorySegment destination) throws IOException;

  /** Writes the segment; the data may stay in a volatile cache until {@link #flush}. */
  void write(long offset, MemorySegment source) throws IOException;

  /** Makes all writes that were completed before this call durable. */
  void flush() throws IOException;

  /** The guest does not need these bytes any more; what reads give afterwards is unspecified. */
  void discard(long offset, long length) throws IOException;

  /**
   * Makes these bytes read as zero.
   *
   * @param mayUnmap whether the storage may be given back
   */
  void writeZeroes(long offset, long length, boolean mayUnmap) throws IOException;
}
