package org.javisor.virtio.mmio;

/** Feature bits that belong to the transport and the queues (virtio 1.2, section 6). */
final class Feature {
  static final int INDIRECT = 28;
  static final int EVENT_INDEX = 29;
  static final int VERSION_1 = 32;
  static final int RING_PACKED = 34;

  private Feature() {}

  static boolean in(long features, int bit) {
    return (features & 1L << bit) != 0;
  }
}
