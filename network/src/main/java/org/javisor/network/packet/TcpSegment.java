package org.javisor.network.packet;

import java.util.Arrays;
import org.javisor.virtio.net.InternetChecksum;
import org.jspecify.annotations.Nullable;

/**
 * A segment (RFC 9293, section 3.1). Of the options, the maximum segment size alone is read.
 *
 * @param sequence of the first byte of the payload, or of SYN
 * @param acknowledgment what is expected next, if {@link #ACK} is set
 * @param flags as in the header
 * @param window bytes that the sender takes, 0 to 65535
 * @param maximumSize largest payload that the sender of a SYN takes, in bytes; 0 if it does not say
 * @param payload a copy of its own
 */
@SuppressWarnings("ArrayRecordComponent") // Segments are not compared.
public record TcpSegment(
    int sourcePort,
    int destinationPort,
    int sequence,
    int acknowledgment,
    int flags,
    int window,
    int maximumSize,
    byte[] payload) {
  /** Bytes of a header without options. */
  public static final int HEADER = 20;

  /** The sender has no more to send. */
  public static final int FIN = 0x01;

  /** The sender begins here. */
  public static final int SYN = 0x02;

  /** The connection is no more. */
  public static final int RST = 0x04;

  /** The receiver should not wait for more. */
  public static final int PSH = 0x08;

  /** The acknowledgment counts. */
  public static final int ACK = 0x10;

  private static final int FLAGS = 13;
  private static final int END_OF_OPTIONS = 0;
  private static final int NO_OPERATION = 1;
  private static final int MAXIMUM_SIZE = 2;
  private static final int MAXIMUM_SIZE_BYTES = 4;
  private static final int TIME_TO_LIVE = 64;

  /** The segment in a whole packet, or null if it is malformed or its checksum is wrong. */
  public static @Nullable TcpSegment parse(byte[] frame, Ipv4Packet packet) {
    int start = packet.payload();
    int length = packet.end() - start;
    if (packet.fragment() || length < HEADER) {
      return null;
    }
    int header = (frame[start + 12] >> 4 & 0xf) * 4;
    if (header < HEADER || header > length) {
      return null;
    }
    long pseudo =
        InternetChecksum.pseudoHeader(
            packet.source(), packet.destination(), Ipv4Packet.TCP, length);
    if (InternetChecksum.fold(InternetChecksum.sum(frame, start, packet.end(), pseudo)) != 0xffff) {
      return null;
    }
    return new TcpSegment(
        BigEndian.shortAt(frame, start),
        BigEndian.shortAt(frame, start + 2),
        BigEndian.intAt(frame, start + 4),
        BigEndian.intAt(frame, start + 8),
        BigEndian.byteAt(frame, start + FLAGS),
        BigEndian.shortAt(frame, start + 14),
        maximumSize(frame, start + HEADER, start + header),
        Arrays.copyOfRange(frame, start + header, packet.end()));
  }

  private static int maximumSize(byte[] frame, int start, int end) {
    int position = start;
    while (position < end && frame[position] != END_OF_OPTIONS) {
      if (frame[position] == NO_OPERATION) {
        position++;
        continue;
      }
      int length = position + 1 < end ? BigEndian.byteAt(frame, position + 1) : 0;
      if (length < 2 || position + length > end) {
        return 0;
      }
      if (frame[position] == MAXIMUM_SIZE && length == MAXIMUM_SIZE_BYTES) {
        return BigEndian.shortAt(frame, position + 2);
      }
      position += length;
    }
    return 0;
  }

  /** Whether one of these flags is set. */
  public boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /** Whether it begins a connection. */
  public boolean asksToConnect() {
    return has(SYN) && !has(ACK | RST | FIN);
  }

  /** How far it goes in the sequence: its bytes, and one each for SYN and FIN. */
  public int length() {
    return payload.length + (has(SYN) ? 1 : 0) + (has(FIN) ? 1 : 0);
  }

  /**
   * What refuses this segment (section 3.10.7.1), from the port it is for to the port it is from.
   */
  public TcpSegment reset() {
    int from = destinationPort;
    int to = sourcePort;
    return has(ACK)
        ? new TcpSegment(from, to, acknowledgment, 0, RST, 0, 0, new byte[0])
        : new TcpSegment(from, to, 0, sequence + length(), RST | ACK, 0, 0, new byte[0]);
  }

  /**
   * The frame that refuses the segment in a frame, back to where that is from; null if there is
   * none, or it is itself a reset.
   */
  public static byte @Nullable [] refusal(byte[] frame, Ipv4Packet packet) {
    TcpSegment segment = parse(frame, packet);
    if (segment == null || segment.has(RST)) {
      return null;
    }
    return segment
        .reset()
        .frame(
            /* toMac= */ BigEndian.macAt(frame, Ethernet.SOURCE),
            /* fromMac= */ BigEndian.macAt(frame, Ethernet.DESTINATION),
            /* destination= */ packet.source(),
            /* source= */ packet.destination());
  }

  /** The segment in a frame, its checksums computed. */
  public byte[] frame(long toMac, long fromMac, int destination, int source) {
    int header = HEADER + (maximumSize == 0 ? 0 : MAXIMUM_SIZE_BYTES);
    int length = header + payload.length;
    byte[] frame = new byte[Ethernet.HEADER + Ipv4Packet.HEADER + length];
    Ethernet.write(frame, toMac, fromMac, Ethernet.IPV4);
    int start = Ipv4Header.write(frame, Ipv4Packet.TCP, source, destination, TIME_TO_LIVE, length);
    BigEndian.putShort(frame, start, sourcePort);
    BigEndian.putShort(frame, start + 2, destinationPort);
    BigEndian.putInt(frame, start + 4, sequence);
    BigEndian.putInt(frame, start + 8, acknowledgment);
    frame[start + 12] = (byte) ((header / 4) << 4);
    frame[start + FLAGS] = (byte) flags;
    BigEndian.putShort(frame, start + 14, window);
    if (maximumSize != 0) {
      frame[start + HEADER] = MAXIMUM_SIZE;
      frame[start + HEADER + 1] = MAXIMUM_SIZE_BYTES;
      BigEndian.putShort(frame, start + HEADER + 2, maximumSize);
    }
    System.arraycopy(payload, 0, frame, start + header, payload.length);
    long pseudo = InternetChecksum.pseudoHeader(source, destination, Ipv4Packet.TCP, length);
    int sum = ~InternetChecksum.fold(InternetChecksum.sum(frame, start, frame.length, pseudo));
    BigEndian.putShort(frame, start + 16, sum);
    return frame;
  }
}
