package org.javisor.image.debian;

import java.io.IOException;
import java.io.StringReader;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The release file of a suite: what the archive vouches for.
 *
 * @param suite the suite's name, such as {@code stable}
 * @param codename its code name, such as {@code trixie}
 * @param date when it was made
 * @param validUntil when it must not be used any longer, null if it does not say
 * @param byHash whether the indices can be had under their digests
 * @param files the indices by path relative to the suite's folder
 */
public record Release(
    String suite,
    String codename,
    Instant date,
    @Nullable Instant validUntil,
    boolean byHash,
    Map<String, Entry> files) {

  /**
   * One index the release vouches for.
   *
   * @param size its length in bytes
   * @param sha256 its SHA-256 digest, lower-case hexadecimal
   */
  public record Entry(long size, String sha256) {}

  /** Keeps its own copy of the files. */
  public Release {
    files = Map.copyOf(files);
  }

  /**
   * Reads the signed text of an InRelease file.
   *
   * @throws IOException if a field is missing or unreadable
   */
  public static Release parse(String text) throws IOException {
    List<ControlParagraph> paragraphs = new ArrayList<>();
    ControlParagraph.read(new StringReader(text), _ -> true, paragraphs::add);
    if (paragraphs.size() != 1) {
      throw new IOException("the release file has " + paragraphs.size() + " paragraphs");
    }
    ControlParagraph fields = paragraphs.getFirst();
    String validUntil = fields.get("Valid-Until");
    Map<String, Entry> files = new HashMap<>();
    for (String line : fields.require("SHA256").lines().toList()) {
      if (line.isBlank()) {
        continue;
      }
      String[] part = line.strip().split("\\s+", -1);
      if (part.length != 3 || !part[0].matches("[0-9a-f]{64}") || !part[1].matches("[0-9]{1,18}")) {
        throw new IOException("the release file has an unreadable entry: " + line.strip());
      }
      files.put(part[2], new Entry(Long.parseLong(part[1]), part[0]));
    }
    String suite = fields.get("Suite");
    String codename = fields.get("Codename");
    return new Release(
        suite == null ? "" : suite,
        codename == null ? "" : codename,
        instant(fields.require("Date")),
        validUntil == null ? null : instant(validUntil),
        "yes".equals(fields.get("Acquire-By-Hash")),
        files);
  }

  private static Instant instant(String text) throws IOException {
    try {
      // The archive writes the zone as UTC; the formatter of RFC 1123 knows it as GMT.
      return ZonedDateTime.parse(
              text.strip().replaceFirst("(UTC|GMT|Z|\\+0000)$", "GMT"),
              DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
                  .withZone(ZoneOffset.UTC))
          .toInstant();
    } catch (DateTimeParseException e) {
      throw new IOException("the release file has an unreadable date: " + text.strip(), e);
    }
  }
}
