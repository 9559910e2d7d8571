package org.javisor.network.dns;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;
import org.javisor.network.packet.BigEndian;
import org.javisor.network.packet.Ipv4Address;
import org.jspecify.annotations.Nullable;

/**
 * Answers questions about machines. A name without a dot is one of theirs or nobody's: it is never
 * asked of others.
 */
public final class DnsResponder {
  /** Seconds an answer may be kept: machines come and go. */
  private static final int TIME_TO_LIVE = 10;

  private static final int NO_ERROR = 0;
  private static final int FORMAT_ERROR = 1;
  static final int SERVER_FAILURE = 2;
  private static final int NO_SUCH_NAME = 3;
  private static final int NOT_IMPLEMENTED = 4;
  private static final int REFUSED = 5;

  private static final String REVERSE = ".in-addr.arpa";

  private final DnsZone zone;

  /** Answers for a zone. */
  public DnsResponder(DnsZone zone) {
    this.zone = zone;
  }

  /** What is to be done with a message. */
  public sealed interface Decision {
    /**
     * To be answered.
     *
     * @param message the answer
     * @param cut the same as a datagram that the client takes
     */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
    record Answer(byte[] message, byte[] cut) implements Decision {}

    /**
     * To be asked of others.
     *
     * @param maximumAnswer bytes of the longest answer the client takes
     * @param failure the answer if nobody answers
     */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
    record Forward(int maximumAnswer, byte[] failure) implements Decision {}

    /** To be ignored. */
    record Ignore() implements Decision {}
  }

  /** Decides about a message from a client. */
  public Decision decide(byte[] message) {
    if (!DnsQuery.isQuery(message)) {
      return new Decision.Ignore();
    }
    if (DnsQuery.operation(message) != 0) {
      return whole(error(message, NOT_IMPLEMENTED));
    }
    DnsQuery query = DnsQuery.parse(message);
    if (query == null) {
      return whole(error(message, FORMAT_ERROR));
    }
    if (query.recordClass() != DnsQuery.INTERNET) {
      return whole(answer(query, REFUSED, null));
    }
    byte[] own = own(query);
    if (own != null) {
      return own.length <= query.maximumAnswer()
          ? whole(own)
          : new Decision.Answer(own, DnsQuery.truncated(own, message));
    }
    return new Decision.Forward(query.maximumAnswer(), answer(query, SERVER_FAILURE, null));
  }

  private static Decision whole(byte[] answer) {
    return new Decision.Answer(answer, answer);
  }

  private byte @Nullable [] own(DnsQuery query) {
    String name = query.name();
    String domain = zone.domain();
    if (name.equals(domain)) {
      return answer(query, NO_ERROR, null);
    }
    boolean below = name.endsWith("." + domain);
    if (below || (!name.isEmpty() && name.indexOf('.') < 0)) {
      String machine = below ? name.substring(0, name.length() - domain.length() - 1) : name;
      return named(query, zone.find(machine));
    }
    if (name.endsWith(REVERSE)) {
      Ipv4Address address = reverse(name.substring(0, name.length() - REVERSE.length()));
      if (address != null && zone.owns(address)) {
        return addressed(query, zone.name(address));
      }
    }
    return null;
  }

  private byte[] named(DnsQuery query, Optional<Ipv4Address> address) {
    if (address.isEmpty()) {
      return answer(query, NO_SUCH_NAME, null);
    }
    if (query.type() != DnsQuery.A && query.type() != DnsQuery.ANY) {
      // The name exists, with no such record: then clients go on with what there is (RFC 4074).
      return answer(query, NO_ERROR, null);
    }
    byte[] data = new byte[4];
    BigEndian.putInt(data, 0, address.get().bits());
    return answer(query, NO_ERROR, new Data(DnsQuery.A, data));
  }

  private byte[] addressed(DnsQuery query, Optional<String> machine) {
    if (machine.isEmpty()) {
      return answer(query, NO_SUCH_NAME, null);
    }
    if (query.type() != DnsQuery.PTR && query.type() != DnsQuery.ANY) {
      return answer(query, NO_ERROR, null);
    }
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    DnsName.write(data, machine.get() + "." + zone.domain());
    return answer(query, NO_ERROR, new Data(DnsQuery.PTR, data.toByteArray()));
  }

  /** Four numbers, the last of the address first. */
  private static @Nullable Ipv4Address reverse(String labels) {
    String[] parts = labels.split("\\.", -1);
    if (parts.length != 4) {
      return null;
    }
    try {
      return Ipv4Address.parse(parts[3] + "." + parts[2] + "." + parts[1] + "." + parts[0]);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
  private record Data(int type, byte[] bytes) {}

  /** The answer to a question, with one record, or with the zone's own to say how long it holds. */
  private byte[] answer(DnsQuery query, int code, @Nullable Data data) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] head = Arrays.copyOf(query.message(), query.questionEnd());
    boolean negative = data == null && (code == NO_ERROR || code == NO_SUCH_NAME);
    writeFlags(head, code, data != null || negative);
    BigEndian.putShort(head, 6, data == null ? 0 : 1);
    BigEndian.putShort(head, 8, negative ? 1 : 0);
    BigEndian.putShort(head, 10, 0);
    out.writeBytes(head);
    if (data != null) {
      // The question's name is at 12.
      writeShort(out, 0xc000 | DnsQuery.HEADER);
      writeRecord(out, data);
    } else if (negative) {
      DnsName.write(out, zone.domain());
      writeRecord(out, new Data(DnsQuery.SOA, authority()));
    }
    return out.toByteArray();
  }

  /** The record that a negative answer is kept by (RFC 2308): the last number says how long. */
  private byte[] authority() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    DnsName.write(out, "gateway." + zone.domain());
    DnsName.write(out, "hostmaster." + zone.domain());
    for (int number : new int[] {1, 3600, 600, 86_400, TIME_TO_LIVE}) {
      writeShort(out, number >>> 16);
      writeShort(out, number);
    }
    return out.toByteArray();
  }

  private static void writeRecord(ByteArrayOutputStream out, Data data) {
    writeShort(out, data.type());
    writeShort(out, DnsQuery.INTERNET);
    writeShort(out, 0);
    writeShort(out, TIME_TO_LIVE);
    writeShort(out, data.bytes().length);
    out.writeBytes(data.bytes());
  }

  private static void writeShort(ByteArrayOutputStream out, int value) {
    out.write(value >>> 8);
    out.write(value);
  }

  /** The header alone: what could not be read is not repeated. */
  private static byte[] error(byte[] message, int code) {
    byte[] header = Arrays.copyOf(message, DnsQuery.HEADER);
    writeFlags(header, code, false);
    Arrays.fill(header, 4, DnsQuery.HEADER, (byte) 0);
    return header;
  }

  /** An answer, authoritative or not; recursion is available, and wanted as the query says. */
  private static void writeFlags(byte[] message, int code, boolean authoritative) {
    message[2] = (byte) (0x80 | (message[2] & 0x79) | (authoritative ? 4 : 0));
    message[3] = (byte) (0x80 | code);
  }
}
