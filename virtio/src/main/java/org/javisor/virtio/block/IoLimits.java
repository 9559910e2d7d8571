package org.javisor.virtio.block;

import java.time.Duration;

/**
 * How fast a disk may be used; 0 is without limit. What is neither read nor written data (flushes,
 * discards) counts as write operations without bytes.
 *
 * @param readBytes bytes read in a second
 * @param readOperations read requests in a second
 * @param writeBytes bytes written in a second
 * @param writeOperations write requests in a second
 * @param burst what was not used in so much time may be used at once later; at least 1 ms
 */
public record IoLimits(
    long readBytes, long readOperations, long writeBytes, long writeOperations, Duration burst) {

  /** No limits at all. */
  public static final IoLimits NONE = new IoLimits(0, 0, 0, 0, Duration.ofMillis(100));

  /** Checks the ranges. */
  public IoLimits {
    if (readBytes < 0 || readOperations < 0 || writeBytes < 0 || writeOperations < 0) {
      throw new IllegalArgumentException("a limit of fewer than none");
    }
    if (burst.compareTo(Duration.ofMillis(1)) < 0 || burst.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("a burst of " + burst);
    }
  }
}
