package org.javisor.virtio.mmio;

/**
 * What a transport offers beyond the device's own features.
 *
 * @param packed offer the packed ring layout
 * @param indirect offer indirect descriptors
 * @param eventIndex offer suppression of notifications by index
 */
public record TransportConfiguration(boolean packed, boolean indirect, boolean eventIndex) {
  /** Offers everything. */
  public static TransportConfiguration complete() {
    return new TransportConfiguration(true, true, true);
  }
}
