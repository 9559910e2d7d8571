package org.javisor.host.snapshot;

import org.javisor.virtio.net.MacAddress;

/**
 * What makes a copy of a machine another one.
 *
 * @param address of its network device
 * @param hostName the name it is to call itself
 */
public record CloneIdentity(MacAddress address, String hostName) {
  /** A machine of this name, with a random address. */
  public static CloneIdentity named(String hostName) {
    return new CloneIdentity(MacAddress.random(), hostName);
  }
}
