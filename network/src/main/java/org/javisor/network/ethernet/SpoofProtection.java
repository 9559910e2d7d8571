package org.javisor.network.ethernet;

/** Which source addresses a port may send from. */
public enum SpoofProtection {
  /** Any: for a machine that is itself a bridge. */
  NONE,
  /** The port's own Ethernet address. */
  MAC,
  /**
   * The port's own Ethernet address, and in ARP, IPv4 and IPv6 the addresses that belong to it: the
   * IPv4 address reserved for it, and the link-local IPv6 address made from the Ethernet one. Other
   * protocols, router advertisements and answers of a DHCP server do not pass.
   */
  MAC_AND_ADDRESS
}
