package org.javisor.network.dhcp;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.javisor.network.packet.BigEndian;
import org.javisor.network.packet.Ipv4Address;
import org.jspecify.annotations.Nullable;

/**
 * A message (RFC 2131, section 2), as far as Ethernet needs it.
 *
 * @param reply whether it is from a server
 * @param transaction chosen by the client
 * @param broadcast whether the client hears broadcasts only
 * @param clientAddress the address the client uses already
 * @param yourAddress the address the client gets
 * @param relay the relay that forwarded it, if one did
 * @param mac the client's Ethernet address
 * @param options by number, those in several pieces as one (RFC 3396)
 */
record DhcpMessage(
    boolean reply,
    int transaction,
    boolean broadcast,
    Ipv4Address clientAddress,
    Ipv4Address yourAddress,
    Ipv4Address relay,
    long mac,
    Map<Integer, byte[]> options) {
  static final int DISCOVER = 1;
  static final int OFFER = 2;
  static final int REQUEST = 3;
  static final int DECLINE = 4;
  static final int ACK = 5;
  static final int NAK = 6;
  static final int RELEASE = 7;
  static final int INFORM = 8;

  private static final int HEADER = 236;
  private static final int COOKIE = 0x63825363;
  private static final int SERVER_NAME = 44;
  private static final int FILE = 108;
  private static final int BROADCAST_FLAG = 0x8000;

  /** Clients may drop what is shorter (RFC 1542, section 2.1). */
  private static final int MINIMUM_BYTES = 300;

  /** The message in the payload of a datagram, or null if it is none, or none of Ethernet. */
  static @Nullable DhcpMessage parse(byte[] bytes) {
    if (bytes.length < HEADER + 4
        || (bytes[0] != 1 && bytes[0] != 2)
        || bytes[1] != 1
        || bytes[2] != 6
        || BigEndian.intAt(bytes, HEADER) != COOKIE) {
      return null;
    }
    Map<Integer, byte[]> options = new LinkedHashMap<>();
    if (!parseOptions(bytes, HEADER + 4, bytes.length, options)) {
      return null;
    }
    byte[] overload = options.get(DhcpOption.OVERLOAD);
    if (overload != null) {
      int where = overload.length == 1 ? overload[0] : 0;
      if (((where & 1) != 0 && !parseOptions(bytes, FILE, HEADER, options))
          || ((where & 2) != 0 && !parseOptions(bytes, SERVER_NAME, FILE, options))) {
        return null;
      }
    }
    return new DhcpMessage(
        bytes[0] == 2,
        BigEndian.intAt(bytes, 4),
        (BigEndian.shortAt(bytes, 10) & BROADCAST_FLAG) != 0,
        new Ipv4Address(BigEndian.intAt(bytes, 12)),
        new Ipv4Address(BigEndian.intAt(bytes, 16)),
        new Ipv4Address(BigEndian.intAt(bytes, 24)),
        BigEndian.macAt(bytes, 28),
        options);
  }

  private static boolean parseOptions(
      byte[] bytes, int start, int end, Map<Integer, byte[]> options) {
    int position = start;
    while (position < end) {
      int number = BigEndian.byteAt(bytes, position++);
      if (number == DhcpOption.END) {
        return true;
      }
      if (number == DhcpOption.PAD) {
        continue;
      }
      if (position == end) {
        return false;
      }
      int length = BigEndian.byteAt(bytes, position++);
      if (length > end - position) {
        return false;
      }
      byte[] value = Arrays.copyOfRange(bytes, position, position + length);
      options.merge(number, value, DhcpMessage::concatenate);
      position += length;
    }
    return true;
  }

  private static byte[] concatenate(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  /** The message's type, 0 if it has none. */
  int type() {
    byte[] value = options.get(DhcpOption.MESSAGE_TYPE);
    return value != null && value.length == 1 ? value[0] : 0;
  }

  /** An option that is an address. */
  Optional<Ipv4Address> address(int option) {
    byte[] value = options.get(option);
    return value != null && value.length == 4
        ? Optional.of(new Ipv4Address(BigEndian.intAt(value, 0)))
        : Optional.empty();
  }

  /** Whether the client wants an option; one that says nothing wants all. */
  boolean wants(int option) {
    byte[] list = options.get(DhcpOption.PARAMETER_REQUEST_LIST);
    if (list == null) {
      return true;
    }
    for (byte wanted : list) {
      if ((wanted & 0xff) == option) {
        return true;
      }
    }
    return false;
  }

  /** As the payload of a datagram; options are shorter than 256 bytes. */
  byte[] toBytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] header = new byte[HEADER + 4];
    header[0] = (byte) (reply ? 2 : 1);
    header[1] = 1;
    header[2] = 6;
    BigEndian.putInt(header, 4, transaction);
    BigEndian.putShort(header, 10, broadcast ? BROADCAST_FLAG : 0);
    BigEndian.putInt(header, 12, clientAddress.bits());
    BigEndian.putInt(header, 16, yourAddress.bits());
    BigEndian.putInt(header, 24, relay.bits());
    BigEndian.putMac(header, 28, mac);
    BigEndian.putInt(header, HEADER, COOKIE);
    out.writeBytes(header);
    options.forEach(
        (number, value) -> {
          out.write(number);
          out.write(value.length);
          out.writeBytes(value);
        });
    out.write(DhcpOption.END);
    return out.size() < MINIMUM_BYTES
        ? Arrays.copyOf(out.toByteArray(), MINIMUM_BYTES)
        : out.toByteArray();
  }
}
