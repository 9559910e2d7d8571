package org.javisor.network.passt;

import java.util.ArrayList;
import java.util.List;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.network.packet.Ipv4Subnet;
import org.javisor.virtio.net.MacAddress;

/**
 * What passt is told.
 *
 * @param subnet of the network
 * @param outside the address that all machines have for it
 * @param host the address that stands for the host: connections from there have it, and those to it
 *     reach the host's loopback interface, if {@code hostAccess} is true
 * @param mac the Ethernet address of the outside
 * @param mtu largest payload of a frame to a machine in bytes
 */
public record PasstConfiguration(
    Ipv4Subnet subnet,
    Ipv4Address outside,
    Ipv4Address host,
    boolean hostAccess,
    MacAddress mac,
    int mtu) {
  /** It has no segments from us to cut, so its link may be as wide as packets get. */
  private static final int LINK_MTU = 65_520;

  List<String> command(String socket, int trunkPort) {
    List<String> words =
        new ArrayList<>(List.of("passt", "--foreground", "--quiet", "--stderr", "--ipv4-only"));
    // It ends when the socket does, whatever we die of.
    words.addAll(List.of("--one-off", "--socket", socket));
    words.addAll(List.of("--address", outside.toString()));
    words.addAll(List.of("--netmask", Integer.toString(subnet.prefix())));
    words.addAll(List.of("--gateway", host.toString(), "--mtu", Integer.toString(LINK_MTU)));
    words.addAll(List.of("--no-dhcp", "--no-ndp", "--no-dhcpv6", "--no-ra"));
    words.addAll(List.of("--tcp-ports", "127.0.0.1/" + trunkPort, "--udp-ports", "none"));
    if (!hostAccess) {
      words.add("--no-map-gw");
    }
    return words;
  }
}
