package org.javisor.virtio.net;

import java.util.HexFormat;
import org.javisor.machine.Entropy;

/**
 * An Ethernet address.
 *
 * @param bits its six bytes, the first in bits 47 to 40
 */
public record MacAddress(long bits) {
  /** Bytes of an address. */
  public static final int BYTES = 6;

  /** The address of everyone. */
  public static final MacAddress BROADCAST = new MacAddress(0xffff_ffff_ffffL);

  /** Checks the range. */
  public MacAddress {
    if (bits >>> 48 != 0) {
      throw new IllegalArgumentException("Ethernet address 0x" + Long.toHexString(bits));
    }
  }

  /**
   * Reads the usual notation, {@code 52:54:00:12:34:56}.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static MacAddress parse(String text) {
    byte[] bytes = HexFormat.ofDelimiter(":").parseHex(text);
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("Ethernet address " + text);
    }
    return at(bytes, 0);
  }

  /** A random address of the range that nobody is assigned: locally administered, no group's. */
  public static MacAddress random() {
    byte[] address = Entropy.secure().bytes(BYTES);
    address[0] = (byte) ((address[0] | 2) & ~1);
    return at(address, 0);
  }

  /** The address at a position in a frame. */
  public static MacAddress at(byte[] frame, int position) {
    return new MacAddress(bitsAt(frame, position));
  }

  static long bitsAt(byte[] frame, int position) {
    long bits = 0;
    for (int i = 0; i < BYTES; i++) {
      bits = bits << 8 | (frame[position + i] & 0xff);
    }
    return bits;
  }

  /** Whether it names a group: multicast or broadcast. */
  public boolean group() {
    return (bits >>> 40 & 1) != 0;
  }

  /** Writes its bytes. */
  public void writeTo(byte[] destination, int position) {
    for (int i = 0; i < BYTES; i++) {
      destination[position + i] = (byte) (bits >>> (40 - 8 * i));
    }
  }

  @Override
  public String toString() {
    byte[] bytes = new byte[BYTES];
    writeTo(bytes, 0);
    return HexFormat.ofDelimiter(":").formatHex(bytes);
  }
}
