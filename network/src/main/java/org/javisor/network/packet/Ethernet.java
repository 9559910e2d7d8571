package org.javisor.network.packet;

/** The header of an Ethernet frame: destination, source, type. */
public final class Ethernet {
  /** Bytes of the header. */
  public static final int HEADER = 14;

  /** Where the destination address is. */
  public static final int DESTINATION = 0;

  /** Where the source address is. */
  public static final int SOURCE = 6;

  /** Where the type is. */
  public static final int TYPE = 12;

  /** The type of IPv4. */
  public static final int IPV4 = 0x0800;

  /** The type of ARP. */
  public static final int ARP = 0x0806;

  /** The type of RARP (RFC 903), whose packets look like those of ARP. */
  public static final int RARP = 0x8035;

  /** The type of IPv6. */
  public static final int IPV6 = 0x86dd;

  /** The address of everyone. */
  public static final long BROADCAST = 0xffff_ffff_ffffL;

  private Ethernet() {}

  /** Whether an address names a group: multicast or broadcast. */
  public static boolean group(long address) {
    return (address >>> 40 & 1) != 0;
  }

  /** Writes a header. */
  public static void write(byte[] frame, long destination, long source, int type) {
    BigEndian.putMac(frame, DESTINATION, destination);
    BigEndian.putMac(frame, SOURCE, source);
    BigEndian.putShort(frame, TYPE, type);
  }
}
