package org.javisor.network.ethernet;

import org.javisor.network.packet.ArpPacket;
import org.javisor.network.packet.BigEndian;
import org.javisor.network.packet.Ethernet;
import org.javisor.network.packet.Ipv4Packet;

/** Decides whether a frame is from who it says, by the policy of the port it came from. */
final class SourceGuard {
  private static final int IPV6_NEXT_HEADER = Ethernet.HEADER + 6;
  private static final int IPV6_SOURCE = Ethernet.HEADER + 8;
  private static final int IPV6_PAYLOAD = Ethernet.HEADER + 40;
  private static final int NEXT_HOP_OPTIONS = 0;
  private static final int NEXT_ROUTING = 43;
  private static final int NEXT_FRAGMENT = 44;
  private static final int NEXT_DESTINATION_OPTIONS = 60;
  private static final int NEXT_ICMPV6 = 58;
  private static final int ROUTER_ADVERTISEMENT = 134;
  private static final int NEIGHBOUR_ADVERTISEMENT = 136;
  private static final int REDIRECT = 137;
  private static final int DHCP_SERVER = 67;
  private static final int DHCP_CLIENT = 68;

  private final SpoofProtection protection;
  private final long mac;
  private final int address;

  /** The upper and lower half of the link-local address made from the Ethernet one (RFC 4291). */
  private static final long LINK_LOCAL_HIGH = 0xfe80_0000_0000_0000L;

  private final long linkLocalLow;

  SourceGuard(PortPolicy policy) {
    protection = policy.spoofProtection();
    mac = policy.mac().map(own -> own.bits()).orElse(0L);
    // Without an address of its own a port has 0.0.0.0, which everybody may send from.
    address = policy.address().map(own -> own.bits()).orElse(0);
    long high = (mac >>> 24 ^ 0x02_0000) & 0xff_ffff;
    linkLocalLow = high << 40 | 0xff_fe00_0000L | (mac & 0xff_ffff);
  }

  boolean admits(byte[] frame) {
    return switch (protection) {
      case NONE -> true;
      case MAC -> BigEndian.macAt(frame, Ethernet.SOURCE) == mac;
      case MAC_AND_ADDRESS ->
          BigEndian.macAt(frame, Ethernet.SOURCE) == mac
              && switch (BigEndian.shortAt(frame, Ethernet.TYPE)) {
                case Ethernet.ARP -> admitsArp(frame);
                case Ethernet.IPV4 -> admitsIpv4(frame);
                case Ethernet.IPV6 -> admitsIpv6(frame);
                default -> false;
              };
    };
  }

  /** An address of zero asks whether an address is free (RFC 5227). */
  private boolean admitsArp(byte[] frame) {
    ArpPacket packet = ArpPacket.parse(frame);
    return packet != null
        && packet.senderMac() == mac
        && (packet.senderAddress() == address || packet.senderAddress() == 0);
  }

  private boolean admitsIpv4(byte[] frame) {
    Ipv4Packet packet = Ipv4Packet.parse(frame);
    if (packet == null || (packet.source() != address && packet.source() != 0)) {
      return false;
    }
    boolean dhcp =
        packet.protocol() == Ipv4Packet.UDP
            && packet.firstFragment()
            && packet.end() - packet.payload() >= 8;
    int from = dhcp ? BigEndian.shortAt(frame, packet.payload()) : 0;
    int to = dhcp ? BigEndian.shortAt(frame, packet.payload() + 2) : 0;
    if (packet.source() == 0) {
      return from == DHCP_CLIENT && to == DHCP_SERVER;
    }
    return from != DHCP_SERVER || to != DHCP_CLIENT;
  }

  private boolean admitsIpv6(byte[] frame) {
    if (frame.length < IPV6_PAYLOAD) {
      return false;
    }
    long high = longAt(frame, IPV6_SOURCE);
    long low = longAt(frame, IPV6_SOURCE + 8);
    boolean unspecified = high == 0 && low == 0;
    if (!unspecified && !ownLinkLocal(high, low)) {
      return false;
    }
    return switch (frame[IPV6_NEXT_HEADER]) {
      // Routers do not hear groups without it (RFC 2710); what follows the option is checked too.
      case NEXT_HOP_OPTIONS -> admitsAfterHopOptions(frame);
      // Behind these, an advertisement could hide from us and not from its receiver.
      case NEXT_ROUTING, NEXT_FRAGMENT, NEXT_DESTINATION_OPTIONS -> false;
      case NEXT_ICMPV6 -> admitsIcmpv6(frame, IPV6_PAYLOAD);
      default -> true;
    };
  }

  private boolean ownLinkLocal(long high, long low) {
    return high == LINK_LOCAL_HIGH && low == linkLocalLow;
  }

  private boolean admitsAfterHopOptions(byte[] frame) {
    if (frame.length < IPV6_PAYLOAD + 8 || frame[IPV6_PAYLOAD] != NEXT_ICMPV6) {
      return false;
    }
    return admitsIcmpv6(frame, IPV6_PAYLOAD + 8 + 8 * BigEndian.byteAt(frame, IPV6_PAYLOAD + 1));
  }

  private boolean admitsIcmpv6(byte[] frame, int start) {
    if (frame.length < start + 8) {
      return false;
    }
    return switch (BigEndian.byteAt(frame, start)) {
      case ROUTER_ADVERTISEMENT, REDIRECT -> false;
      case NEIGHBOUR_ADVERTISEMENT ->
          frame.length >= start + 24
              && ownLinkLocal(longAt(frame, start + 8), longAt(frame, start + 16));
      default -> true;
    };
  }

  private static long longAt(byte[] bytes, int position) {
    return (long) BigEndian.intAt(bytes, position) << 32
        | (BigEndian.intAt(bytes, position + 4) & 0xffff_ffffL);
  }
}
