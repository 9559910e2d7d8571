package org.javisor.virtio.block;

import java.util.concurrent.atomic.LongAdder;

/** What a block device has done since it was created. */
public final class BlockMetrics {
  final LongAdder reads = new LongAdder();
  final LongAdder bytesRead = new LongAdder();
  final LongAdder writes = new LongAdder();
  final LongAdder bytesWritten = new LongAdder();
  final LongAdder flushes = new LongAdder();
  final LongAdder discards = new LongAdder();
  final LongAdder failures = new LongAdder();

  BlockMetrics() {}

  /** Read requests completed. */
  public long reads() {
    return reads.sum();
  }

  /** Bytes they read. */
  public long bytesRead() {
    return bytesRead.sum();
  }

  /** Write requests completed. */
  public long writes() {
    return writes.sum();
  }

  /** Bytes they wrote. */
  public long bytesWritten() {
    return bytesWritten.sum();
  }

  /** Flush requests completed. */
  public long flushes() {
    return flushes.sum();
  }

  /** Discard and write-zeroes requests completed. */
  public long discards() {
    return discards.sum();
  }

  /** Requests of any kind that ended in an error or were not understood. */
  public long failures() {
    return failures.sum();
  }
}
