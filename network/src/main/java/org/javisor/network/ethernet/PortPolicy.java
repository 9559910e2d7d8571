package org.javisor.network.ethernet;

import java.util.Optional;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.virtio.net.MacAddress;

/**
 * What a port may do.
 *
 * @param mac the Ethernet address of who is plugged in, if it is known; nobody else may take it
 * @param address the IPv4 address of who is plugged in, if it is known
 * @param spoofProtection needs {@code mac}, and {@code address} as far as it protects that
 * @param isolated whether frames between this port and other isolated ones are dropped
 * @param stations the most Ethernet addresses learned at this port
 * @param send limit of what is sent from this port
 * @param receive limit of what is delivered to this port
 * @param floodsPerSecond frames per second from this port that go to many: broadcasts, multicasts,
 *     and frames to addresses not yet learned; as many may come at once
 */
public record PortPolicy(
    Optional<MacAddress> mac,
    Optional<Ipv4Address> address,
    SpoofProtection spoofProtection,
    boolean isolated,
    int stations,
    Optional<RateLimit> send,
    Optional<RateLimit> receive,
    int floodsPerSecond) {
  /** Addresses learned at a port unless told otherwise. */
  public static final int STATIONS = 64;

  /** Floods per second unless told otherwise: what a Linux guest can hear besides its work. */
  public static final int FLOODS_PER_SECOND = 500;

  /** Checks the ranges, and that what is to be protected is known. */
  public PortPolicy {
    if (stations < 0 || floodsPerSecond < 1) {
      throw new IllegalArgumentException(
          stations + " stations, " + floodsPerSecond + " floods per second");
    }
    if (spoofProtection != SpoofProtection.NONE && mac.isEmpty()) {
      throw new IllegalArgumentException("spoof protection without an address to protect");
    }
  }

  /** A port of the host itself, which is trusted. */
  public static PortPolicy trusted(MacAddress mac) {
    return new PortPolicy(
        Optional.of(mac),
        Optional.empty(),
        SpoofProtection.NONE,
        false,
        STATIONS,
        Optional.empty(),
        Optional.empty(),
        100_000);
  }
}
