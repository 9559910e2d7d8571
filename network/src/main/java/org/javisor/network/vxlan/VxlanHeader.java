package org.javisor.network.vxlan;

import java.nio.ByteBuffer;

/**
 * The eight bytes before a frame (RFC 7348, section 5, figure 1): flags, 24 reserved bits, the
 * network's identifier (VNI), 8 reserved bits. Reserved bits are zero when sent and ignored when
 * received.
 */
public final class VxlanHeader {
  /** Bytes of it. */
  public static final int BYTES = 8;

  /** The largest identifier of a network. */
  public static final int MAXIMUM_VNI = 0xff_ffff;

  /** The identifier is valid. */
  private static final int FLAG_I = 0x08;

  private VxlanHeader() {}

  /** A header and the frame behind it. */
  public static ByteBuffer datagram(int vni, byte[] frame) {
    ByteBuffer datagram = ByteBuffer.allocate(BYTES + frame.length);
    datagram.putInt(FLAG_I << 24).putInt(vni << 8).put(frame);
    return datagram.flip();
  }

  /**
   * The network's identifier, or -1 if it is no valid header.
   *
   * @param datagram from its position on; left where it is
   */
  public static int vni(ByteBuffer datagram) {
    int start = datagram.position();
    return datagram.remaining() < BYTES || (datagram.get(start) & FLAG_I) == 0
        ? -1
        : datagram.getInt(start + 4) >>> 8;
  }
}
