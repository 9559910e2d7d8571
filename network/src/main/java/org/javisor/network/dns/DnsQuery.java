package org.javisor.network.dns;

import java.util.Arrays;
import org.javisor.network.packet.BigEndian;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks (RFC 1035, section 4.1), with the bytes it did so in.
 *
 * @param message the whole of it
 * @param id to be repeated in the answer
 * @param name in lower case
 * @param type of the records wanted
 * @param recordClass 1 is the Internet
 * @param questionEnd where the question ends in the message
 * @param maximumAnswer bytes of the longest answer the client takes (RFC 6891), at least 512
 */
@SuppressWarnings("ArrayRecordComponent") // Queries are not compared.
record DnsQuery(
    byte[] message,
    int id,
    String name,
    int type,
    int recordClass,
    int questionEnd,
    int maximumAnswer) {
  static final int HEADER = 12;
  static final int TRUNCATED = 0x02;
  static final int INTERNET = 1;
  static final int A = 1;
  static final int SOA = 6;
  static final int PTR = 12;
  static final int ANY = 255;

  private static final int OPT = 41;
  private static final int SMALLEST_ANSWER = 512;

  /** What fits a frame of 1500 bytes, so that no answer has to be cut to pieces. */
  private static final int LARGEST_ANSWER = 1232;

  /** Whether a message is a query at all: an answer, or less than a header, is not answered. */
  static boolean isQuery(byte[] message) {
    return message.length >= HEADER && (message[2] & 0x80) == 0;
  }

  /** The query in a message, or null if it is not one standard question. */
  static @Nullable DnsQuery parse(byte[] message) {
    if (!isQuery(message) || BigEndian.shortAt(message, 4) != 1) {
      return null;
    }
    DnsName name = DnsName.parse(message, HEADER);
    if (name == null || name.end() + 4 > message.length) {
      return null;
    }
    int end = name.end() + 4;
    return new DnsQuery(
        message,
        BigEndian.shortAt(message, 0),
        name.text(),
        BigEndian.shortAt(message, name.end()),
        BigEndian.shortAt(message, name.end() + 2),
        end,
        maximumAnswer(message, end));
  }

  /** From the OPT record, if it is the first and only one behind the question. */
  private static int maximumAnswer(byte[] message, int position) {
    if (BigEndian.shortAt(message, 6) != 0
        || BigEndian.shortAt(message, 8) != 0
        || BigEndian.shortAt(message, 10) == 0
        || position + 11 > message.length
        || message[position] != 0
        || BigEndian.shortAt(message, position + 1) != OPT) {
      return SMALLEST_ANSWER;
    }
    int size = BigEndian.shortAt(message, position + 3);
    return Math.clamp(size, SMALLEST_ANSWER, LARGEST_ANSWER);
  }

  /** An answer's question alone, with the sign that there is more to be had by stream. */
  static byte[] truncated(byte[] answer, byte[] message) {
    DnsQuery query = parse(message);
    int end = query == null ? HEADER : query.questionEnd();
    byte[] head = Arrays.copyOf(message, end);
    head[2] = (byte) (answer[2] | TRUNCATED);
    head[3] = answer[3];
    BigEndian.putShort(head, 4, query == null ? 0 : 1);
    Arrays.fill(head, 6, HEADER, (byte) 0);
    return head;
  }

  /** The kind of query: 0 is the standard one. */
  static int operation(byte[] message) {
    return message[2] >> 3 & 0xf;
  }
}
