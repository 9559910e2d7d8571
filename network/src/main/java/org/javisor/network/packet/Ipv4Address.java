package org.javisor.network.packet;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * An IPv4 address.
 *
 * @param bits the first byte in the highest bits
 */
public record Ipv4Address(int bits) implements Comparable<Ipv4Address> {
  /** No address yet. */
  public static final Ipv4Address UNSPECIFIED = new Ipv4Address(0);

  /** Everyone on this link. */
  public static final Ipv4Address BROADCAST = new Ipv4Address(-1);

  /**
   * Reads four decimal numbers with dots between them.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static Ipv4Address parse(String text) {
    String[] parts = text.split("\\.", -1);
    int bits = 0;
    for (String part : parts) {
      if (parts.length != 4 || !part.matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(part) > 255) {
        throw new IllegalArgumentException("not an IPv4 address: " + text);
      }
      bits = bits << 8 | Integer.parseInt(part);
    }
    return new Ipv4Address(bits);
  }

  /** For sockets of the host. */
  public InetAddress toInetAddress() {
    byte[] bytes = new byte[4];
    BigEndian.putInt(bytes, 0, bits);
    try {
      return Inet4Address.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  @Override
  public int compareTo(Ipv4Address other) {
    return Integer.compareUnsigned(bits, other.bits);
  }

  @Override
  public String toString() {
    return (bits >>> 24)
        + "."
        + (bits >>> 16 & 255)
        + "."
        + (bits >>> 8 & 255)
        + "."
        + (bits & 255);
  }
}
