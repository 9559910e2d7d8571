package org.javisor.virtio.queue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Moves the bytes of one contiguous piece of a {@link GuestBuffer}. */
@FunctionalInterface
public interface SegmentTransfer {
  /**
   * Fills or reads all of the segment.
   *
   * @param position where the piece begins, in bytes from the start of the transfer
   */
  void transfer(long position, MemorySegment segment) throws IOException;
}
