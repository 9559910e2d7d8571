package org.javisor.host;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sizes as people write them: {@code 512MiB}, {@code 2G}, {@code 1.5GiB}, {@code 1048576}.
 *
 * <p>{@code K M G T P} and {@code KiB MiB ...} are powers of 1024, {@code KB MB ...} powers of
 * 1000, a bare number or {@code B} is bytes. Letter case does not matter.
 */
public final class ByteSize {
  private static final String PREFIXES = "KMGTPE";
  private static final Pattern FORM =
      Pattern.compile("([0-9]{1,20}(?:\\.[0-9]{1,9})?)\\s*(?:([KMGTPE])(IB|B)?|B)?");

  private ByteSize() {}

  /**
   * Bytes of {@code text}, rounded down.
   *
   * @throws ProblemException if {@code text} is not a size; a size beyond what a long holds is
   *     {@link Long#MAX_VALUE}, which every range check refuses
   */
  public static long parse(String text) {
    Matcher parts = FORM.matcher(text.strip().toUpperCase(Locale.ROOT));
    if (!parts.matches()) {
      throw ProblemException.badInput(
          "'" + text + "' is not a size", "write it like 512MiB or 2GiB");
    }
    BigDecimal bytes = new BigDecimal(parts.group(1));
    String prefix = parts.group(2);
    if (prefix != null) {
      int power = PREFIXES.indexOf(prefix) + 1;
      int base = "B".equals(parts.group(3)) ? 1000 : 1024;
      bytes = bytes.multiply(BigDecimal.valueOf(base).pow(power));
    }
    BigInteger whole = bytes.toBigInteger();
    return whole.bitLength() > 63 ? Long.MAX_VALUE : whole.longValue();
  }

  /** {@code bytes} with the largest binary unit that leaves at least one: {@code 1.5 GiB}. */
  public static String format(long bytes) {
    if (bytes < 1024) {
      return bytes == 1 ? "1 byte" : bytes + " bytes";
    }
    int power = (63 - Long.numberOfLeadingZeros(bytes)) / 10;
    long unit = 1L << (10 * power);
    String number =
        bytes % unit == 0
            ? Long.toString(bytes / unit)
            : String.format(Locale.ROOT, "%.1f", (double) bytes / unit);
    return number + " " + PREFIXES.charAt(power - 1) + "iB";
  }
}
