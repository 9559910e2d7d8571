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

  /** The packet in a frame from its sender. */
  public byte[] frame(long destination) {
    byte[] frame = new byte[FRAME_BYTES];
    Ethernet.write(frame, destination, senderMac, Ethernet.ARP);
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
