package org.javisor.network.packet;

import org.javisor.virtio.net.InternetChecksum;
import org.jspecify.annotations.Nullable;

/** Says that nobody listens at a port of TCP (RFC 9293, section 3.10.7.1). */
public final class TcpReset {
  /** Bytes of a header without options. */
  public static final int TCP_HEADER = 20;

  private static final int FLAGS = 13;
  private static final int FIN = 0x01;
  private static final int SYN = 0x02;
  private static final int RST = 0x04;
  private static final int ACK = 0x10;
  private static final int TIME_TO_LIVE = 64;

  private TcpReset() {}

  /** The frame that refuses a segment, or null if it is malformed, or itself a reset. */
  public static byte @Nullable [] answer(byte[] frame, Ipv4Packet packet) {
    int tcp = packet.payload();
    if (packet.fragment() || packet.end() - tcp < TCP_HEADER || (frame[tcp + FLAGS] & RST) != 0) {
      return null;
    }
    int header = (frame[tcp + 12] >> 4 & 0xf) * 4;
    if (header < TCP_HEADER || header > packet.end() - tcp) {
      return null;
    }
    int flags = frame[tcp + FLAGS];
    boolean acknowledged = (flags & ACK) != 0;
    int length =
        packet.end() - tcp - header + ((flags & SYN) != 0 ? 1 : 0) + ((flags & FIN) != 0 ? 1 : 0);
    byte[] reset = new byte[Ethernet.HEADER + Ipv4Packet.HEADER + TCP_HEADER];
    Ethernet.write(
        reset,
        BigEndian.macAt(frame, Ethernet.SOURCE),
        BigEndian.macAt(frame, Ethernet.DESTINATION),
        Ethernet.IPV4);
    int start =
        Ipv4Header.write(
            reset,
            Ipv4Packet.TCP,
            /* source= */ packet.destination(),
            /* destination= */ packet.source(),
            TIME_TO_LIVE,
            TCP_HEADER);
    BigEndian.putShort(reset, start, BigEndian.shortAt(frame, tcp + 2));
    BigEndian.putShort(reset, start + 2, BigEndian.shortAt(frame, tcp));
    BigEndian.putInt(reset, start + 4, acknowledged ? BigEndian.intAt(frame, tcp + 8) : 0);
    BigEndian.putInt(reset, start + 8, acknowledged ? 0 : BigEndian.intAt(frame, tcp + 4) + length);
    reset[start + 12] = 0x50;
    reset[start + FLAGS] = (byte) (acknowledged ? RST : RST | ACK);
    long pseudo =
        InternetChecksum.pseudoHeader(
            /* source= */ packet.destination(),
            /* destination= */ packet.source(),
            Ipv4Packet.TCP,
            TCP_HEADER);
    int sum = ~InternetChecksum.fold(InternetChecksum.sum(reset, start, reset.length, pseudo));
    BigEndian.putShort(reset, start + 16, sum);
    return reset;
  }
}
