package org.javisor.virtio.block;

import java.nio.charset.StandardCharsets;

/**
 * How a block device presents itself.
 *
 * @param id serial number as the guest sees it, at most 20 bytes of ASCII
 * @param queues request queues, 1 to 64
 * @param queueSize entries of each queue, a power of two from 4 to 1024
 * @param blockSize bytes of a logical block: 512 to 4096, a power of two
 * @param discardAlignment bytes to which discards are best aligned, a multiple of the block size
 */
public record BlockConfiguration(
    String id, int queues, int queueSize, int blockSize, int discardAlignment) {
  /** The most bytes of {@link #id}. */
  public static final int ID_BYTES = 20;

  /** Checks the ranges. */
  public BlockConfiguration {
    if (id.getBytes(StandardCharsets.UTF_8).length > ID_BYTES) {
      throw new IllegalArgumentException("disk id longer than 20 bytes: " + id);
    }
    if (queues < 1 || queues > 64) {
      throw new IllegalArgumentException("block device with " + queues + " queues");
    }
    if (Integer.bitCount(queueSize) != 1 || queueSize < 4 || queueSize > 1024) {
      throw new IllegalArgumentException("queue of " + queueSize + " entries");
    }
    if (Integer.bitCount(blockSize) != 1 || blockSize < 512 || blockSize > 4096) {
      throw new IllegalArgumentException("block of " + blockSize + " bytes");
    }
    if (discardAlignment < blockSize || discardAlignment % blockSize != 0) {
      throw new IllegalArgumentException("discards aligned to " + discardAlignment + " bytes");
    }
  }

  /** One queue of 256 entries, blocks of 512 bytes. */
  public static BlockConfiguration of(String id) {
    return new BlockConfiguration(id, 1, 256, 512, 4096);
  }

  /** The same with another number of queues. */
  public BlockConfiguration withQueues(int count) {
    return new BlockConfiguration(id, count, queueSize, blockSize, discardAlignment);
  }
}
