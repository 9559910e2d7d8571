package org.javisor.virtio.net;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The ones' complement sum of IP, TCP, UDP and ICMP (RFC 1071), and its update (RFC 1624). */
public final class InternetChecksum {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private InternetChecksum() {}

  /**
   * The sum of big-endian 16-bit words, an odd byte at the end filled up with zero.
   *
   * @param initial a sum to add to, not folded, at least zero
   * @return not folded: see {@link #fold}
   */
  public static long sum(byte[] bytes, int start, int end, long initial) {
    long sum = initial;
    int i = start;
    for (; i <= end - 8; i += 8) {
      long value = (long) LONG.get(bytes, i);
      sum += (value >>> 32) + (value & 0xffff_ffffL);
    }
    for (; i < end - 1; i += 2) {
      sum += (bytes[i] & 0xff) << 8 | (bytes[i + 1] & 0xff);
    }
    if (i < end) {
      sum += (bytes[i] & 0xff) << 8;
    }
    return sum;
  }

  /** A sum in 16 bits. */
  public static int fold(long sum) {
    long folded = (sum & 0xffff_ffffL) + (sum >>> 32);
    folded = (folded & 0xffff) + (folded >>> 16);
    folded = (folded & 0xffff) + (folded >>> 16);
    return (int) ((folded & 0xffff) + (folded >>> 16));
  }

  /** The checksum of bytes whose checksum field is zero; zero over bytes with a right checksum. */
  public static int of(byte[] bytes, int start, int end) {
    return ~fold(sum(bytes, start, end, 0)) & 0xffff;
  }

  /** The sum of the pseudo-header of IPv4 (RFC 793, section 3.1), not folded. */
  public static long pseudoHeader(int source, int destination, int protocol, int length) {
    return (source & 0xffff_ffffL) + (destination & 0xffff_ffffL) + protocol + length;
  }

  /**
   * A checksum after a 16-bit word under it has changed (RFC 1624, equation 3).
   *
   * @param checksum the field's value, as are the words, 0 to 0xffff
   */
  public static int update(int checksum, int before, int after) {
    return ~fold((~checksum & 0xffff) + (~before & 0xffff) + after) & 0xffff;
  }

  /** A checksum after a 32-bit word under it has changed. */
  public static int updateInt(int checksum, int before, int after) {
    return update(update(checksum, before >>> 16, after >>> 16), before & 0xffff, after & 0xffff);
  }
}
