package org.javisor.network.dns;

import java.util.Optional;
import org.javisor.network.packet.Ipv4Address;

/** The names of a network's machines. */
public interface DnsZone {
  /** The domain of the names, in lower case. */
  String domain();

  /** The address of a machine of this name, in lower case and without the domain. */
  Optional<Ipv4Address> find(String machine);

  /** Whether it is up to this network to say who has an address. */
  boolean owns(Ipv4Address address);

  /** The name, without the domain, of who has an address. */
  Optional<String> name(Ipv4Address address);
}
