package org.javisor.network.dhcp;

import java.time.Instant;
import java.util.Optional;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.virtio.net.MacAddress;

/**
 * An address that somebody has.
 *
 * @param machine the machine it is reserved for, if it is
 * @param expires when it is free again, unless it is reserved
 */
public record Lease(
    Ipv4Address address, MacAddress mac, Optional<String> machine, Optional<Instant> expires) {
  /** Checks that it is one or the other. */
  public Lease {
    if (machine.isPresent() == expires.isPresent()) {
      throw new IllegalArgumentException("a lease is reserved or expires");
    }
  }

  /** Whether nobody has it at this time. */
  boolean expired(Instant now) {
    return expires.isPresent() && expires.get().isBefore(now);
  }
}
