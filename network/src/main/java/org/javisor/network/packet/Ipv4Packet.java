package org.javisor.network.packet;

import org.jspecify.annotations.Nullable;

/**
 * Where the parts of an IPv4 packet are in a frame (RFC 791); its lengths have been checked.
 *
 * @param payload where the header ends
 * @param end where the packet ends; the frame may have padding behind
 * @param protocol of the payload
 * @param fragment whether it is a fragment; only the first has the payload's header
 * @param firstFragment whether the payload begins here
 */
public record Ipv4Packet(
    int payload,
    int end,
    int protocol,
    int source,
    int destination,
    boolean fragment,
    boolean firstFragment) {
  /** Where the packet begins in a frame. */
  public static final int START = Ethernet.HEADER;

  /** Where the source address is in a frame. */
  public static final int SOURCE = START + 12;

  /** Where the destination address is in a frame. */
  public static final int DESTINATION = START + 16;

  /** Where the header's checksum is in a frame. */
  public static final int CHECKSUM = START + 10;

  /** Where the time to live is in a frame. */
  public static final int TIME_TO_LIVE = START + 8;

  /** Bytes of a header without options. */
  public static final int HEADER = 20;

  /** ICMP. */
  public static final int ICMP = 1;

  /** TCP. */
  public static final int TCP = 6;

  /** UDP. */
  public static final int UDP = 17;

  /** The packet in a frame of type IPv4, or null if it is malformed. */
  public static @Nullable Ipv4Packet parse(byte[] frame) {
    if (frame.length < START + HEADER || frame[START] >> 4 != 4) {
      return null;
    }
    int payload = START + (frame[START] & 0xf) * 4;
    int end = START + BigEndian.shortAt(frame, START + 2);
    if (payload < START + HEADER || end < payload || end > frame.length) {
      return null;
    }
    int fragment = BigEndian.shortAt(frame, START + 6);
    return new Ipv4Packet(
        payload,
        end,
        BigEndian.byteAt(frame, START + 9),
        BigEndian.intAt(frame, SOURCE),
        BigEndian.intAt(frame, DESTINATION),
        (fragment & 0x3fff) != 0,
        (fragment & 0x1fff) == 0);
  }
}
