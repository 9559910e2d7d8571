package org.javisor.virtio.net;

import java.util.Arrays;

/**
 * A neighbour that answers ARP requests for its IPv4 address and ICMP echo requests to it, and
 * nothing else: enough for a guest to see that its network works.
 */
public final class LoopbackPeer implements FramePort {
  private static final int ETHERNET_TYPE = 12;
  private static final int ETHERNET_HEADER = 14;
  private static final int TYPE_IPV4 = 0x0800;
  private static final int TYPE_ARP = 0x0806;

  private static final int ARP_BYTES = 28;
  private static final int ARP_REQUEST = 1;
  private static final int ARP_REPLY = 2;

  private static final int PROTOCOL_ICMP = 1;
  private static final int ECHO_REQUEST = 8;
  private static final int FRAGMENT_OFFSET = 0x1fff;

  private final MacAddress mac;
  private final int address;
  private volatile FrameReceiver receiver = (frame, sender) -> false;

  /**
   * A neighbour.
   *
   * @param mac its Ethernet address
   * @param address its IPv4 address, the first byte in the highest bits
   */
  public LoopbackPeer(MacAddress mac, int address) {
    this.mac = mac;
    this.address = address;
  }

  @Override
  public void connect(FrameReceiver newReceiver) {
    receiver = newReceiver;
  }

  @Override
  public void send(Frame whole) {
    // The card offers its guest offloads; here they end.
    for (Frame one : OffloadSupport.NONE.adapt(whole)) {
      answer(one.bytes());
    }
  }

  private void answer(byte[] frame) {
    switch (shortAt(frame, ETHERNET_TYPE)) {
      case TYPE_ARP -> answerArp(frame);
      case TYPE_IPV4 -> answerEcho(frame);
      default -> {
        // Not for us.
      }
    }
  }

  /** Layout: hardware, protocol, lengths, operation at 6, sender at 8, target at 18 (RFC 826). */
  private void answerArp(byte[] frame) {
    int arp = ETHERNET_HEADER;
    if (frame.length < arp + ARP_BYTES
        || shortAt(frame, arp) != 1
        || shortAt(frame, arp + 2) != TYPE_IPV4
        || shortAt(frame, arp + 4) != 0x0604
        || shortAt(frame, arp + 6) != ARP_REQUEST
        || intAt(frame, arp + 24) != address) {
      return;
    }
    byte[] reply = Arrays.copyOf(frame, arp + ARP_BYTES);
    System.arraycopy(frame, 6, reply, 0, MacAddress.BYTES);
    mac.writeTo(reply, 6);
    reply[arp + 7] = ARP_REPLY;
    mac.writeTo(reply, arp + 8);
    putInt(reply, arp + 14, address);
    System.arraycopy(frame, arp + 8, reply, arp + 18, 10);
    receiver.receive(Frame.of(reply), this);
  }

  private void answerEcho(byte[] frame) {
    int ip = ETHERNET_HEADER;
    if (!MacAddress.at(frame, 0).equals(mac)
        || frame.length < ip + 20
        || (frame[ip] & 0xf0) != 0x40
        || frame[ip + 9] != PROTOCOL_ICMP
        || intAt(frame, ip + 16) != address) {
      return;
    }
    int icmp = ip + 4 * (frame[ip] & 0xf);
    int end = ip + shortAt(frame, ip + 2);
    if (icmp < ip + 20 || end > frame.length || icmp + 8 > end) {
      return;
    }
    byte[] reply = Arrays.copyOf(frame, end);
    // A datagram in fragments is answered fragment by fragment; the first alone has the header.
    if ((shortAt(frame, ip + 6) & FRAGMENT_OFFSET) == 0) {
      if (frame[icmp] != ECHO_REQUEST || frame[icmp + 1] != 0) {
        return;
      }
      reply[icmp] = 0;
      // The checksum changes by what the type changed by, in ones' complement (RFC 1624).
      int sum = shortAt(frame, icmp + 2) + (ECHO_REQUEST << 8);
      putShort(reply, icmp + 2, (sum & 0xffff) + (sum >>> 16));
    }
    System.arraycopy(frame, 6, reply, 0, MacAddress.BYTES);
    mac.writeTo(reply, 6);
    // Exchanging source and destination leaves the header's checksum as it is.
    System.arraycopy(frame, ip + 16, reply, ip + 12, 4);
    System.arraycopy(frame, ip + 12, reply, ip + 16, 4);
    receiver.receive(Frame.of(reply), this);
  }

  private static int shortAt(byte[] bytes, int position) {
    return (bytes[position] & 0xff) << 8 | (bytes[position + 1] & 0xff);
  }

  private static int intAt(byte[] bytes, int position) {
    return shortAt(bytes, position) << 16 | shortAt(bytes, position + 2);
  }

  private static void putShort(byte[] bytes, int position, int value) {
    bytes[position] = (byte) (value >>> 8);
    bytes[position + 1] = (byte) value;
  }

  private static void putInt(byte[] bytes, int position, int value) {
    putShort(bytes, position, value >>> 16);
    putShort(bytes, position + 2, value);
  }
}
