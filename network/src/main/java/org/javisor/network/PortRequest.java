package org.javisor.network;

import java.util.Optional;
import org.javisor.network.ethernet.RateLimit;
import org.javisor.network.ethernet.SpoofProtection;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.virtio.net.MacAddress;

/**
 * Who is to be plugged in.
 *
 * @param machine its name, by which others find it: letters, digits and hyphens, at most 63
 * @param mac its Ethernet address
 * @param address the IPv4 address it is to have; without one, the one it had or a free one
 * @param spoofProtection which addresses it may send from
 * @param isolated whether it reaches the gateway alone, even where others reach each other
 * @param send limit of what it sends
 * @param receive limit of what it is sent
 */
public record PortRequest(
    String machine,
    MacAddress mac,
    Optional<Ipv4Address> address,
    SpoofProtection spoofProtection,
    boolean isolated,
    Optional<RateLimit> send,
    Optional<RateLimit> receive) {
  /** Checks the name. */
  public PortRequest {
    if (!machine.matches("[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")) {
      throw new IllegalArgumentException(
          "not the name of a machine (letters, digits and hyphens): " + machine);
    }
    if (mac.group() || mac.bits() == 0) {
      throw new IllegalArgumentException("a machine cannot have the address " + mac);
    }
  }

  /** Any address, no limits, full protection of the others. */
  public static PortRequest of(String machine, MacAddress mac) {
    return new PortRequest(
        machine,
        mac,
        Optional.empty(),
        SpoofProtection.MAC_AND_ADDRESS,
        false,
        Optional.empty(),
        Optional.empty());
  }
}
