package org.javisor.host.agent;

import java.util.List;

/**
 * A network interface in the guest, as the guest tells it.
 *
 * @param name what the guest calls it
 * @param hardwareAddress its MAC address in text, empty if it has none
 * @param addresses its addresses
 * @param receivedBytes bytes it has received, 0 if the guest does not say
 * @param sentBytes bytes it has sent
 * @param receivedPackets packets it has received
 * @param sentPackets packets it has sent
 */
public record GuestInterface(
    String name,
    String hardwareAddress,
    List<Address> addresses,
    long receivedBytes,
    long sentBytes,
    long receivedPackets,
    long sentPackets) {
  /**
   * An address of an interface.
   *
   * @param ipv6 whether it is one of IPv6
   * @param address in text
   * @param prefix bits of the network's part
   */
  public record Address(boolean ipv6, String address, int prefix) {}

  /** Copies the list. */
  public GuestInterface {
    addresses = List.copyOf(addresses);
  }
}
