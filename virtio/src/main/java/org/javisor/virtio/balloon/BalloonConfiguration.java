package org.javisor.virtio.balloon;

/**
 * How the balloon behaves.
 *
 * @param queueSize entries of each queue, a power of two from 2 to 1024
 * @param reporting whether the guest may report pages that are free, so that they are given back
 *     without being asked for
 */
public record BalloonConfiguration(int queueSize, boolean reporting) {
  /** Checks the range. */
  public BalloonConfiguration {
    if (Integer.bitCount(queueSize) != 1 || queueSize < 2 || queueSize > 1024) {
      throw new IllegalArgumentException("queue of " + queueSize + " entries");
    }
  }

  /** Queues of 64 entries, with reporting: Linux reports 32 ranges at once. */
  public static BalloonConfiguration standard() {
    return new BalloonConfiguration(64, true);
  }
}
