package org.javisor.network.packet;

import org.javisor.virtio.net.InternetChecksum;

/** Writes headers of IPv4 packets (RFC 791). */
public final class Ipv4Header {
  private Ipv4Header() {}

  /**
   * Writes a header without options behind that of Ethernet.
   *
   * @param length bytes of the payload
   * @return where the payload begins
   */
  public static int write(
      byte[] frame, int protocol, int source, int destination, int timeToLive, int length) {
    int start = Ipv4Packet.START;
    frame[start] = 0x45;
    BigEndian.putShort(frame, start + 2, Ipv4Packet.HEADER + length);
    // Not to be cut to pieces, so it needs no number (RFC 6864).
    BigEndian.putShort(frame, start + 6, 0x4000);
    frame[Ipv4Packet.TIME_TO_LIVE] = (byte) timeToLive;
    frame[start + 9] = (byte) protocol;
    BigEndian.putInt(frame, Ipv4Packet.SOURCE, source);
    BigEndian.putInt(frame, Ipv4Packet.DESTINATION, destination);
    int end = start + Ipv4Packet.HEADER;
    BigEndian.putShort(frame, Ipv4Packet.CHECKSUM, InternetChecksum.of(frame, start, end));
    return end;
  }
}
