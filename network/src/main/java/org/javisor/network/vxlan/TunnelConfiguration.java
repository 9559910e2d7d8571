package org.javisor.network.vxlan;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;

/**
 * Where a network's tunnel ends on this host, and where on the others.
 *
 * @param vni the network's identifier, the same on all hosts, 0 to {@link VxlanHeader#MAXIMUM_VNI}
 * @param local the address and port to listen at and to send from
 * @param peers the other hosts' addresses and ports
 */
public record TunnelConfiguration(int vni, InetSocketAddress local, List<InetSocketAddress> peers) {
  /** The port that is assigned to VXLAN (RFC 7348, section 5). */
  public static final int PORT = 4789;

  /** The most other hosts: each gets a copy of what is for all. */
  public static final int MAXIMUM_PEERS = 1024;

  /** Checks the addresses: of one family, each peer once, and none this host itself. */
  public TunnelConfiguration {
    peers = List.copyOf(peers);
    if (vni < 0 || vni > VxlanHeader.MAXIMUM_VNI) {
      throw new IllegalArgumentException(
          "the identifier of a tunnel is 0 to " + VxlanHeader.MAXIMUM_VNI + ", not " + vni);
    }
    if (local.isUnresolved() || local.getAddress().isMulticastAddress()) {
      throw new IllegalArgumentException("a tunnel cannot begin at " + text(local));
    }
    if (peers.size() > MAXIMUM_PEERS) {
      throw new IllegalArgumentException(
          peers.size() + " other ends of a tunnel are too many: at most " + MAXIMUM_PEERS);
    }
    for (InetSocketAddress peer : peers) {
      InetAddress address = peer.getAddress();
      if (peer.isUnresolved()
          || peer.getPort() == 0
          || address.isMulticastAddress()
          || address.isAnyLocalAddress()) {
        throw new IllegalArgumentException("a tunnel cannot end at " + text(peer));
      }
      if (!address.getClass().equals(local.getAddress().getClass())) {
        throw new IllegalArgumentException(
            "a tunnel cannot lead from "
                + local.getAddress().getHostAddress()
                + " to "
                + address.getHostAddress()
                + ": one is IPv4, one IPv6");
      }
      if (peer.equals(local)) {
        throw new IllegalArgumentException(
            "a tunnel cannot lead from " + text(local) + " to itself");
      }
    }
    if (new HashSet<>(peers).size() != peers.size()) {
      throw new IllegalArgumentException("two tunnels lead to the same place");
    }
  }

  /** A place as messages have it. */
  static String text(InetSocketAddress place) {
    String host =
        place.isUnresolved() ? place.getHostString() : place.getAddress().getHostAddress();
    return host + " port " + place.getPort();
  }

  /** The same with other hosts. */
  public TunnelConfiguration withPeers(List<InetSocketAddress> others) {
    return new TunnelConfiguration(vni, local, others);
  }
}
