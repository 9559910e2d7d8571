package org.javisor.virtio.net;

/**
 * How a network device presents itself.
 *
 * @param mac the address the guest is to use
 * @param mtu largest payload of a frame in bytes, 68 to 65535
 * @param queueSize entries of each queue, a power of two from 4 to 1024
 */
public record NetConfiguration(MacAddress mac, int mtu, int queueSize) {
  /** Checks the ranges. */
  public NetConfiguration {
    if (mac.group() || mac.bits() == 0) {
      throw new IllegalArgumentException("a device cannot have the address " + mac);
    }
    if (mtu < 68 || mtu > 65535) {
      throw new IllegalArgumentException("MTU of " + mtu + " bytes");
    }
    if (Integer.bitCount(queueSize) != 1 || queueSize < 4 || queueSize > 1024) {
      throw new IllegalArgumentException("queue of " + queueSize + " entries");
    }
  }

  /** An MTU of 1500 bytes, queues of 256 entries. */
  public static NetConfiguration of(MacAddress mac) {
    return new NetConfiguration(mac, 1500, 256);
  }
}
