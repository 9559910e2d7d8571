package org.javisor.network.packet;

import java.util.ArrayList;
import java.util.List;
import org.javisor.virtio.net.InternetChecksum;

/** Cuts packets that are too long for a link (RFC 791, section 3.2). */
public final class Ipv4Fragments {
  private static final int MORE = 0x2000;

  private Ipv4Fragments() {}

  /**
   * The frames of a packet, itself if it is short enough.
   *
   * @param packet without options, whole
   * @param mtu largest payload of a frame in bytes, at least 68
   * @param identification tells its fragments from those of others
   */
  public static List<byte[]> cut(byte[] frame, Ipv4Packet packet, int mtu, int identification) {
    if (packet.end() - Ipv4Packet.START <= mtu) {
      return List.of(frame);
    }
    int header = packet.payload();
    int room = (mtu - (header - Ipv4Packet.START)) & ~7;
    List<byte[]> fragments = new ArrayList<>();
    for (int from = header; from < packet.end(); from += room) {
      int count = Math.min(room, packet.end() - from);
      byte[] fragment = new byte[header + count];
      System.arraycopy(frame, 0, fragment, 0, header);
      System.arraycopy(frame, from, fragment, header, count);
      BigEndian.putShort(fragment, Ipv4Packet.START + 2, fragment.length - Ipv4Packet.START);
      BigEndian.putShort(fragment, Ipv4Packet.START + 4, identification);
      int more = from + count < packet.end() ? MORE : 0;
      BigEndian.putShort(fragment, Ipv4Packet.START + 6, more | (from - header) >> 3);
      BigEndian.putShort(fragment, Ipv4Packet.CHECKSUM, 0);
      BigEndian.putShort(
          fragment, Ipv4Packet.CHECKSUM, InternetChecksum.of(fragment, Ipv4Packet.START, header));
      fragments.add(fragment);
    }
    return fragments;
  }
}
