package org.javisor.network.dns;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.Locale;
import org.javisor.network.packet.BigEndian;
import org.jspecify.annotations.Nullable;

/**
 * A name in a message (RFC 1035, sections 3.1 and 4.1.4).
 *
 * @param text its labels with dots between them, in lower case, without one at the end; a byte that
 *     is no letter, digit, hyphen or underscore makes it a name of nobody's here, which is all that
 *     matters
 * @param end where the message goes on
 */
record DnsName(String text, int end) {
  /** Bytes of the longest name, with the lengths of its labels. */
  private static final int MAXIMUM_BYTES = 255;

  private static final int MAXIMUM_LABEL = 63;
  private static final int POINTER = 0xc0;

  /** The name at a position of a message, or null if it is malformed. */
  static @Nullable DnsName parse(byte[] message, int start) {
    StringBuilder text = new StringBuilder();
    int position = start;
    int end = -1;
    int bytes = 1;
    while (true) {
      if (position >= message.length) {
        return null;
      }
      int length = BigEndian.byteAt(message, position);
      if (length == 0) {
        return new DnsName(text.toString().toLowerCase(Locale.ROOT), end < 0 ? position + 1 : end);
      }
      if ((length & POINTER) == POINTER) {
        if (position + 1 >= message.length) {
          return null;
        }
        int target = BigEndian.shortAt(message, position) & 0x3fff;
        // Only backwards, so that there is no way round.
        if (target >= position) {
          return null;
        }
        end = end < 0 ? position + 2 : end;
        position = target;
        // A pointer to a pointer costs a byte, so that a chain of them ends, too.
        bytes++;
      } else {
        if (length > MAXIMUM_LABEL || position + 1 + length > message.length) {
          return null;
        }
        if (!text.isEmpty()) {
          text.append('.');
        }
        // A dot within a label would look like two labels.
        text.append(new String(message, position + 1, length, ISO_8859_1).replace('.', '\u0000'));
        bytes += 1 + length;
        position += 1 + length;
      }
      if (bytes > MAXIMUM_BYTES) {
        return null;
      }
    }
  }

  /** Appends a name without compression; it is one of ours, of letters, digits and hyphens. */
  static void write(ByteArrayOutputStream out, String name) {
    for (String label : name.split("\\.", -1)) {
      out.write(label.length());
      out.writeBytes(label.getBytes(ISO_8859_1));
    }
    out.write(0);
  }
}
