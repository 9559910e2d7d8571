package org.javisor.image.debian;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One paragraph of a control file (policy section 5.1): field names and values, in file order.
 *
 * <p>Continuation lines stay in the value, each after a newline and without its first blank.
 */
public final class ControlParagraph {
  private final SequencedMap<String, String> fields;

  private ControlParagraph(SequencedMap<String, String> fields) {
    this.fields = fields;
  }

  /** The value of a field, its name in any case, or null if the paragraph lacks it. */
  public @Nullable String get(String name) {
    return fields.get(name.toLowerCase(Locale.ROOT));
  }

  /**
   * The value of a field.
   *
   * @throws IOException if the paragraph lacks it
   */
  public String require(String name) throws IOException {
    String value = get(name);
    if (value == null) {
      throw new IOException("the field " + name + " is missing");
    }
    return value;
  }

  /** Every field, names in lower case, in file order. */
  public Map<String, String> fields() {
    return fields;
  }

  /**
   * Reads a file of paragraphs and hands each to the consumer.
   *
   * @param wanted which fields to keep, by lower-case name; the index of an archive has tens of
   *     megabytes of descriptions nobody asks for
   * @throws IOException if a line is neither a field, a continuation, a comment nor blank
   */
  public static void read(
      Reader source, Predicate<String> wanted, Consumer<ControlParagraph> consumer)
      throws IOException {
    BufferedReader reader = source instanceof BufferedReader b ? b : new BufferedReader(source);
    SequencedMap<String, String> fields = new LinkedHashMap<>();
    String current = null;
    StringBuilder more = new StringBuilder();
    boolean any = false;
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      if (line.isBlank()) {
        flush(fields, current, more);
        current = null;
        if (any) {
          consumer.accept(new ControlParagraph(fields));
          fields = new LinkedHashMap<>();
          any = false;
        }
        continue;
      }
      char first = line.charAt(0);
      if (first == '#') {
        continue;
      }
      if (first == ' ' || first == '\t') {
        if (!any) {
          throw new IOException("a continuation line without a field: " + line);
        }
        if (current != null) {
          more.append('\n').append(line, 1, line.length());
        }
        continue;
      }
      flush(fields, current, more);
      int colon = line.indexOf(':');
      if (colon <= 0) {
        throw new IOException("not a control field: " + abbreviate(line));
      }
      any = true;
      String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
      current = wanted.test(name) ? name : null;
      if (current != null) {
        more.append(line.substring(colon + 1).strip());
      }
    }
    flush(fields, current, more);
    if (any) {
      consumer.accept(new ControlParagraph(fields));
    }
  }

  private static void flush(
      SequencedMap<String, String> fields, @Nullable String name, StringBuilder value) {
    if (name != null) {
      fields.put(name, value.toString());
    }
    value.setLength(0);
  }

  private static String abbreviate(String line) {
    return line.length() <= 60 ? line : line.substring(0, 60) + "...";
  }
}
