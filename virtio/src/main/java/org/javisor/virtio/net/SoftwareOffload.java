package org.javisor.virtio.net;

import java.util.ArrayList;
import java.util.List;
import org.javisor.virtio.net.Offload.Segmentation;

/** Completes checksums and cuts segments where the receiver of a frame does not. */
final class SoftwareOffload {
  /** Fewer bytes of payload make no segment: so small, a frame would become thousands. */
  static final int MINIMUM_SEGMENT = 48;

  private static final int ETHERNET = 14;
  private static final int ETHERNET_TYPE = 12;
  private static final int TYPE_IPV4 = 0x0800;
  private static final int TYPE_IPV6 = 0x86dd;
  private static final int IPV6_HEADER = 40;
  private static final int PROTOCOL_TCP = 6;
  private static final int TCP_HEADER = 20;
  private static final int TCP_CHECKSUM = 16;
  private static final int TCP_FLAGS = 13;
  private static final int FIN_AND_PUSH = 0x09;
  private static final int CONGESTION_WINDOW_REDUCED = 0x80;

  private SoftwareOffload() {}

  /** The frame with the checksum that its sender has left partial. */
  static Frame complete(Frame frame) {
    Offload offload = frame.offload();
    byte[] bytes = frame.bytes().clone();
    int sum = InternetChecksum.of(bytes, offload.checksumStart(), bytes.length);
    // Zero means in UDP that there is none; in ones' complement, both are zero.
    putShort(bytes, offload.checksumStart() + offload.checksumOffset(), sum == 0 ? 0xffff : sum);
    return Frame.of(bytes);
  }

  /** Where the payload begins in a frame of several segments, or -1 if it is no such frame. */
  static int headerLength(byte[] bytes, Segmentation segmentation) {
    int tcp = tcpStart(bytes, segmentation);
    if (tcp < 0 || bytes.length < tcp + TCP_HEADER) {
      return -1;
    }
    int payload = tcp + (bytes[tcp + 12] >> 4 & 0xf) * 4;
    return payload < tcp + TCP_HEADER || payload >= bytes.length ? -1 : payload;
  }

  /** Where the TCP header begins in a frame of several segments, or -1 if it has none. */
  private static int tcpStart(byte[] bytes, Segmentation segmentation) {
    return switch (segmentation) {
      case NONE -> -1;
      case TCP4 -> transportOfIpv4(bytes);
      case TCP6 -> transportOfIpv6(bytes);
    };
  }

  /** Whether a frame of several segments is what its offload says. */
  static boolean consistent(byte[] bytes, Offload offload) {
    return offload.segmentSize() >= MINIMUM_SEGMENT
        && headerLength(bytes, offload.segmentation()) > 0
        && offload.checksumStart() == tcpStart(bytes, offload.segmentation())
        && offload.checksumOffset() == TCP_CHECKSUM;
  }

  private static int transportOfIpv4(byte[] bytes) {
    if (bytes.length < ETHERNET + 20
        || shortAt(bytes, ETHERNET_TYPE) != TYPE_IPV4
        || bytes[ETHERNET] >> 4 != 4
        || bytes[ETHERNET + 9] != PROTOCOL_TCP
        || (shortAt(bytes, ETHERNET + 6) & 0x3fff) != 0
        || shortAt(bytes, ETHERNET + 2) != bytes.length - ETHERNET) {
      return -1;
    }
    int header = (bytes[ETHERNET] & 0xf) * 4;
    return header < 20 ? -1 : ETHERNET + header;
  }

  private static int transportOfIpv6(byte[] bytes) {
    if (bytes.length < ETHERNET + IPV6_HEADER
        || shortAt(bytes, ETHERNET_TYPE) != TYPE_IPV6
        || (bytes[ETHERNET] >> 4 & 0xf) != 6
        || bytes[ETHERNET + 6] != PROTOCOL_TCP
        || shortAt(bytes, ETHERNET + 4) != bytes.length - ETHERNET - IPV6_HEADER) {
      return -1;
    }
    return ETHERNET + IPV6_HEADER;
  }

  /** The segments, whole; none if the frame is not what its offload says. */
  static List<Frame> segment(Frame frame) {
    Offload offload = frame.offload();
    byte[] whole = frame.bytes();
    if (!consistent(whole, offload)) {
      return List.of();
    }
    int payload = headerLength(whole, offload.segmentation());
    boolean ipv4 = offload.segmentation() == Segmentation.TCP4;
    int tcp = offload.checksumStart();
    List<Frame> segments = new ArrayList<>();
    for (int from = payload; from < whole.length; from += offload.segmentSize()) {
      int count = Math.min(offload.segmentSize(), whole.length - from);
      byte[] segment = new byte[payload + count];
      System.arraycopy(whole, 0, segment, 0, payload);
      System.arraycopy(whole, from, segment, payload, count);
      if (ipv4) {
        writeIpv4Header(segment, tcp, segments.size());
      } else {
        putShort(segment, ETHERNET + 4, segment.length - ETHERNET - IPV6_HEADER);
      }
      int sequence = intAt(segment, tcp + 4) + (from - payload);
      putShort(segment, tcp + 4, sequence >>> 16);
      putShort(segment, tcp + 6, sequence);
      int cleared = from + count < whole.length ? FIN_AND_PUSH : 0;
      cleared |= from > payload ? CONGESTION_WINDOW_REDUCED : 0;
      segment[tcp + TCP_FLAGS] = (byte) (segment[tcp + TCP_FLAGS] & ~cleared);
      writeTcpChecksum(segment, tcp, ipv4);
      segments.add(Frame.of(segment));
    }
    return segments;
  }

  private static void writeIpv4Header(byte[] segment, int end, int index) {
    putShort(segment, ETHERNET + 2, segment.length - ETHERNET);
    putShort(segment, ETHERNET + 4, shortAt(segment, ETHERNET + 4) + index);
    putShort(segment, ETHERNET + 10, 0);
    putShort(segment, ETHERNET + 10, InternetChecksum.of(segment, ETHERNET, end));
  }

  private static void writeTcpChecksum(byte[] segment, int tcp, boolean ipv4) {
    int addresses = ETHERNET + (ipv4 ? 12 : 8);
    int end = ETHERNET + (ipv4 ? 20 : IPV6_HEADER);
    long pseudo = InternetChecksum.sum(segment, addresses, end, PROTOCOL_TCP);
    pseudo += segment.length - tcp;
    putShort(segment, tcp + TCP_CHECKSUM, 0);
    int sum = ~InternetChecksum.fold(InternetChecksum.sum(segment, tcp, segment.length, pseudo));
    putShort(segment, tcp + TCP_CHECKSUM, sum);
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
}
