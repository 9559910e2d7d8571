package org.javisor.network.packet;

/** Numbers in packets: the most significant byte first. */
public final class BigEndian {
  private BigEndian() {}

  /** An unsigned byte. */
  public static int byteAt(byte[] bytes, int position) {
    return bytes[position] & 0xff;
  }

  /** An unsigned 16-bit number. */
  public static int shortAt(byte[] bytes, int position) {
    return (bytes[position] & 0xff) << 8 | (bytes[position + 1] & 0xff);
  }

  /** A 32-bit number. */
  public static int intAt(byte[] bytes, int position) {
    return shortAt(bytes, position) << 16 | shortAt(bytes, position + 2);
  }

  /** An Ethernet address, the first byte in bits 47 to 40. */
  public static long macAt(byte[] bytes, int position) {
    return (long) shortAt(bytes, position) << 32 | (intAt(bytes, position + 2) & 0xffff_ffffL);
  }

  /** Writes the low 16 bits. */
  public static void putShort(byte[] bytes, int position, int value) {
    bytes[position] = (byte) (value >>> 8);
    bytes[position + 1] = (byte) value;
  }

  /** Writes 32 bits. */
  public static void putInt(byte[] bytes, int position, int value) {
    putShort(bytes, position, value >>> 16);
    putShort(bytes, position + 2, value);
  }

  /** Writes the low 48 bits. */
  public static void putMac(byte[] bytes, int position, long value) {
    putShort(bytes, position, (int) (value >>> 32));
    putInt(bytes, position + 2, (int) value);
  }
}
