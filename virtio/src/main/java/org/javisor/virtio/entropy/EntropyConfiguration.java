package org.javisor.virtio.entropy;

/**
 * How the entropy device behaves.
 *
 * @param queueSize entries of the queue, a power of two from 2 to 1024
 * @param maximumBytes the most bytes given to one request, at least 1; a guest that wants more asks
 *     again
 */
public record EntropyConfiguration(int queueSize, int maximumBytes) {
  /** Checks the ranges. */
  public EntropyConfiguration {
    if (Integer.bitCount(queueSize) != 1 || queueSize < 2 || queueSize > 1024) {
      throw new IllegalArgumentException("queue of " + queueSize + " entries");
    }
    if (maximumBytes < 1) {
      throw new IllegalArgumentException("requests of " + maximumBytes + " bytes");
    }
  }

  /** A queue of 8 entries, up to 4 KiB a request. */
  public static EntropyConfiguration standard() {
    return new EntropyConfiguration(8, 4096);
  }
}
