package org.javisor.image.openpgp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The frame of a cleartext-signed message (RFC 9580 section 7).
 *
 * <p>Parsed strictly: anything before, between or after the two blocks makes the message invalid,
 * for text outside the signed part is how such messages have been forged.
 *
 * @param lines the signed lines, unescaped, without their line ends and trailing blanks
 * @param armoredSignatures the signature block as it stands in the message
 */
record CleartextMessage(List<String> lines, String armoredSignatures) {
  private static final String BEGIN_MESSAGE = "-----BEGIN PGP SIGNED MESSAGE-----";
  private static final String BEGIN_SIGNATURE = "-----BEGIN PGP SIGNATURE-----";
  private static final String END_SIGNATURE = "-----END PGP SIGNATURE-----";

  static CleartextMessage parse(byte[] bytes) throws SignatureException {
    // One char per byte: the signature covers bytes, whatever encoding they are in.
    List<String> all = new String(bytes, StandardCharsets.ISO_8859_1).lines().toList();
    if (all.isEmpty() || !trimmed(all.getFirst()).equals(BEGIN_MESSAGE)) {
      throw new SignatureException("it is not signed");
    }
    int i = 1;
    while (i < all.size() && !trimmed(all.get(i)).isEmpty()) {
      if (!all.get(i).startsWith("Hash: ")) {
        throw new SignatureException("the signed message has an unknown header");
      }
      i++;
    }
    i++;
    List<String> lines = new ArrayList<>();
    while (i < all.size() && !all.get(i).startsWith("-----")) {
      String line = all.get(i);
      if (line.startsWith("- ")) {
        line = line.substring(2);
      } else if (line.startsWith("-")) {
        throw new SignatureException("a line of the signed message is not dash-escaped");
      }
      lines.add(trimmed(line));
      i++;
    }
    if (i >= all.size() || !trimmed(all.get(i)).equals(BEGIN_SIGNATURE)) {
      throw new SignatureException("the signature is missing");
    }
    int start = i;
    while (i < all.size() && !trimmed(all.get(i)).equals(END_SIGNATURE)) {
      i++;
    }
    if (i >= all.size()) {
      throw new SignatureException("the signature is cut short");
    }
    String armor = String.join("\n", all.subList(start, i + 1)) + "\n";
    for (String line : all.subList(i + 1, all.size())) {
      if (!trimmed(line).isEmpty()) {
        throw new SignatureException("there is text after the signature");
      }
    }
    return new CleartextMessage(lines, armor);
  }

  private static String trimmed(String line) {
    int end = line.length();
    while (end > 0 && " \t\r".indexOf(line.charAt(end - 1)) >= 0) {
      end--;
    }
    return line.substring(0, end);
  }

  /** The bytes the signature is computed over: lines ended by CR LF, the last one not ended. */
  byte[] canonicalBytes() {
    return String.join("\r\n", lines).getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The signed text, read as UTF-8, each line ended by a newline. */
  String text() {
    String joined = String.join("\n", lines) + "\n";
    return new String(joined.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
