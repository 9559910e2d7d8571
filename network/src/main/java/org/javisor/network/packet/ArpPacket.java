package org.javisor.network.packet;

import org.jspecify.annotations.Nullable;

/**
 * ARP for IPv4 over Ethernet (RFC 826).
 *
 * @param operation {@link #REQUEST}, {@link #REPLY} or something else
 */
public record ArpPacket(
    int operation, long senderMac, int senderAddress, long targetMac, int targetAddress) {
  /** Asks who has an address. */
  public static final int REQUEST = 1;

  /** Says who has an address. */
  public static final int REPLY = 2;

  /** Asks for one's own address (RFC 903). */
  private static final int REVERSE_REQUEST = 3;

  /** Bytes of a frame with such a packet. */
  public static final int FRAME_BYTES = Ethernet.HEADER + 28;

  /** The packet in a frame of type ARP, or null if it is not one of IPv4 over Ethernet. */
  public static @Nullable ArpPacket parse(byte[] frame) {
    int start = Ethernet.HEADER;
    if (frame.length < FRAME_BYTES
        || BigEndian.shortAt(frame, start) != 1
        || BigEndian.shortAt(frame, start + 2) != Ethernet.IPV4
        || BigEndian.shortAt(frame, start + 4) != 0x0604) {
      return null;
    }
    return new ArpPacket(
        BigEndian.shortAt(frame, start + 6),
        BigEndian.macAt(frame, start + 8),
        BigEndian.intAt(frame, start + 14),
        BigEndian.macAt(frame, start + 18),
        BigEndian.intAt(frame, start + 24));
  }

  /**
   * The frame that tells everyone who has an address (RFC 5227, section 3): switches where that is,
   * and neighbours what to put into their tables.
   */
  public static byte[] announcement(long mac, int address) {
    return new ArpPacket(REQUEST, mac, address, 0, address).frame(Ethernet.BROADCAST);
  }

  /** The frame that tells switches where an Ethernet address is, and nobody anything else. */
  public static byte[] reverseAnnouncement(long mac) {
    return new ArpPacket(REVERSE_REQUEST, mac, 0, mac, 0).frame(Ethernet.BROADCAST, Ethernet.RARP);
  }

  /** The packet in a frame from its sender. */
  public byte[] frame(long destination) {
    return frame(destination, Ethernet.ARP);
  }

  private byte[] frame(long destination, int type) {
    byte[] frame = new byte[FRAME_BYTES];
    Ethernet.write(frame, destination, senderMac, type);
    int start = Ethernet.HEADER;
    BigEndian.putShort(frame, start, 1);
    BigEndian.putShort(frame, start + 2, Ethernet.IPV4);
    BigEndian.putShort(frame, start + 4, 0x0604);
    BigEndian.putShort(frame, start + 6, operation);
    BigEndian.putMac(frame, start + 8, senderMac);
    BigEndian.putInt(frame, start + 14, senderAddress);
    BigEndian.putMac(frame, start + 18, targetMac);
    BigEndian.putInt(frame, start + 24, targetAddress);
    return frame;
  }
}
