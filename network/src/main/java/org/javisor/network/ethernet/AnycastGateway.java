package org.javisor.network.ethernet;

import org.javisor.network.packet.ArpPacket;
import org.javisor.network.packet.BigEndian;
import org.javisor.network.packet.Ethernet;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.network.packet.Ipv4Packet;
import org.javisor.virtio.net.MacAddress;

/**
 * The gateway that each host of a network has for itself, with the same addresses everywhere. What
 * is said to it or by it stays on its host: else two would answer, and a machine would get its
 * address from a host that it is not on.
 *
 * @param mac of all gateways
 * @param address of all gateways
 * @param host the address that stands for the host a machine is on
 */
public record AnycastGateway(MacAddress mac, Ipv4Address address, Ipv4Address host) {
  private static final int DHCP_SERVER = 67;
  private static final int DHCP_CLIENT = 68;

  /** Whether a frame must not pass between hosts. */
  public boolean keeps(byte[] frame) {
    if (BigEndian.macAt(frame, Ethernet.DESTINATION) == mac.bits()
        || BigEndian.macAt(frame, Ethernet.SOURCE) == mac.bits()) {
      return true;
    }
    return switch (BigEndian.shortAt(frame, Ethernet.TYPE)) {
      case Ethernet.ARP -> {
        ArpPacket packet = ArpPacket.parse(frame);
        yield packet != null
            && (isOurs(packet.targetAddress())
                || isOurs(packet.senderAddress())
                || packet.senderMac() == mac.bits());
      }
      case Ethernet.IPV4 -> {
        Ipv4Packet packet = Ipv4Packet.parse(frame);
        yield packet != null
            && (isOurs(packet.destination()) || isOurs(packet.source()) || isDhcp(frame, packet));
      }
      default -> false;
    };
  }

  private boolean isOurs(int other) {
    return other == address.bits() || other == host.bits();
  }

  private static boolean isDhcp(byte[] frame, Ipv4Packet packet) {
    int udp = packet.payload();
    return packet.protocol() == Ipv4Packet.UDP
        && packet.firstFragment()
        && packet.end() - udp >= 4
        && isDhcpPort(BigEndian.shortAt(frame, udp))
        && isDhcpPort(BigEndian.shortAt(frame, udp + 2));
  }

  private static boolean isDhcpPort(int port) {
    return port == DHCP_SERVER || port == DHCP_CLIENT;
  }
}
