package org.javisor.network.packet;

import java.util.Arrays;
import org.javisor.virtio.net.InternetChecksum;
import org.jspecify.annotations.Nullable;

/** Answers by ICMP (RFC 792). */
public final class IcmpMessage {
  /** Bytes of the header. */
  public static final int HEADER = 8;

  /** An answer to an echo request. */
  public static final int ECHO_REPLY = 0;

  /** Asks for an echo. */
  public static final int ECHO_REQUEST = 8;

  /** A packet could not be delivered. */
  public static final int UNREACHABLE = 3;

  /** A packet has been on its way for too long. */
  public static final int TIME_EXCEEDED = 11;

  /** Code: there is no way to that network. */
  public static final int NETWORK = 0;

  /** Code: nobody listens there. */
  public static final int PORT = 3;

  /** Code: somebody does not want it. */
  public static final int PROHIBITED = 13;

  private static final int TIME_TO_LIVE = 64;

  /** What an error repeats of the payload besides the header. */
  private static final int REPEATED = 8;

  private IcmpMessage() {}

  /** The frame that answers an echo request, or null if a frame is none, or is a fragment. */
  public static byte @Nullable [] echoReply(byte[] frame, Ipv4Packet packet) {
    int icmp = packet.payload();
    if (packet.fragment()
        || packet.end() - icmp < HEADER
        || frame[icmp] != ECHO_REQUEST
        || frame[icmp + 1] != 0) {
      return null;
    }
    int length = packet.end() - icmp;
    byte[] reply = new byte[Ethernet.HEADER + Ipv4Packet.HEADER + length];
    Ethernet.write(
        reply,
        BigEndian.macAt(frame, Ethernet.SOURCE),
        BigEndian.macAt(frame, Ethernet.DESTINATION),
        Ethernet.IPV4);
    int start =
        Ipv4Header.write(
            reply,
            Ipv4Packet.ICMP,
            /* source= */ packet.destination(),
            /* destination= */ packet.source(),
            TIME_TO_LIVE,
            length);
    System.arraycopy(frame, icmp, reply, start, length);
    reply[start] = ECHO_REPLY;
    int before = BigEndian.shortAt(frame, icmp + 2);
    BigEndian.putShort(
        reply, start + 2, InternetChecksum.update(before, ECHO_REQUEST << 8, ECHO_REPLY << 8));
    return reply;
  }

  /**
   * The frame that tells a packet's sender what has become of it, or null if nobody is told: of
   * fragments but the first, of errors, of packets to many or from nobody (RFC 1122, 3.2.2).
   *
   * @param from who says so
   */
  public static byte @Nullable [] error(
      byte[] frame, Ipv4Packet packet, int type, int code, int from) {
    boolean request =
        packet.protocol() != Ipv4Packet.ICMP
            || (packet.end() > packet.payload() && frame[packet.payload()] == ECHO_REQUEST);
    if (!packet.firstFragment()
        || !request
        || packet.source() == 0
        || packet.source() >>> 28 >= 0xe
        || packet.destination() >>> 28 >= 0xe
        || Ethernet.group(BigEndian.macAt(frame, Ethernet.DESTINATION))) {
      return null;
    }
    int end = Math.min(packet.end(), packet.payload() + REPEATED);
    byte[] original = Arrays.copyOfRange(frame, Ipv4Packet.START, end);
    int length = HEADER + original.length;
    byte[] error = new byte[Ethernet.HEADER + Ipv4Packet.HEADER + length];
    Ethernet.write(
        error,
        BigEndian.macAt(frame, Ethernet.SOURCE),
        BigEndian.macAt(frame, Ethernet.DESTINATION),
        Ethernet.IPV4);
    int start =
        Ipv4Header.write(error, Ipv4Packet.ICMP, from, packet.source(), TIME_TO_LIVE, length);
    error[start] = (byte) type;
    error[start + 1] = (byte) code;
    System.arraycopy(original, 0, error, start + HEADER, original.length);
    BigEndian.putShort(error, start + 2, InternetChecksum.of(error, start, error.length));
    return error;
  }
}
