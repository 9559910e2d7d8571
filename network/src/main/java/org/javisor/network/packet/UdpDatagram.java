package org.javisor.network.packet;

import java.util.Arrays;
import org.javisor.virtio.net.InternetChecksum;
import org.jspecify.annotations.Nullable;

/**
 * A datagram (RFC 768).
 *
 * @param payload a copy of its own
 */
@SuppressWarnings("ArrayRecordComponent") // Datagrams are not compared.
public record UdpDatagram(int sourcePort, int destinationPort, byte[] payload) {
  /** Bytes of the header. */
  public static final int HEADER = 8;

  /** The longest payload that fits a packet. */
  public static final int MAXIMUM_PAYLOAD = 65_535 - Ipv4Packet.HEADER - HEADER;

  private static final int HEADERS = Ethernet.HEADER + Ipv4Packet.HEADER + HEADER;
  private static final int TIME_TO_LIVE = 64;

  /** The datagram in a whole packet, or null if it is malformed or its checksum is wrong. */
  public static @Nullable UdpDatagram parse(byte[] frame, Ipv4Packet packet) {
    int start = packet.payload();
    if (packet.fragment() || packet.end() - start < HEADER) {
      return null;
    }
    int length = BigEndian.shortAt(frame, start + 4);
    if (length < HEADER || length > packet.end() - start) {
      return null;
    }
    if (BigEndian.shortAt(frame, start + 6) != 0) {
      long pseudo =
          InternetChecksum.pseudoHeader(
              packet.source(), packet.destination(), Ipv4Packet.UDP, length);
      long sum = InternetChecksum.sum(frame, start, start + length, pseudo);
      if (InternetChecksum.fold(sum) != 0xffff) {
        return null;
      }
    }
    return new UdpDatagram(
        BigEndian.shortAt(frame, start),
        BigEndian.shortAt(frame, start + 2),
        Arrays.copyOfRange(frame, start + HEADER, start + length));
  }

  /** An answer, from the port this one is for to the port it is from. */
  public UdpDatagram reply(byte[] answer) {
    int from = destinationPort;
    int to = sourcePort;
    return new UdpDatagram(from, to, answer);
  }

  /** The datagram in a frame, its checksums computed. */
  public byte[] frame(long toMac, long fromMac, int destination, int source) {
    byte[] frame = new byte[HEADERS + payload.length];
    Ethernet.write(frame, toMac, fromMac, Ethernet.IPV4);
    int start =
        Ipv4Header.write(
            frame, Ipv4Packet.UDP, source, destination, TIME_TO_LIVE, HEADER + payload.length);
    BigEndian.putShort(frame, start, sourcePort);
    BigEndian.putShort(frame, start + 2, destinationPort);
    BigEndian.putShort(frame, start + 4, HEADER + payload.length);
    System.arraycopy(payload, 0, frame, start + HEADER, payload.length);
    long pseudo =
        InternetChecksum.pseudoHeader(source, destination, Ipv4Packet.UDP, HEADER + payload.length);
    int sum = ~InternetChecksum.fold(InternetChecksum.sum(frame, start, frame.length, pseudo));
    BigEndian.putShort(frame, start + 6, (sum & 0xffff) == 0 ? 0xffff : sum);
    return frame;
  }
}
