package org.javisor.host;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON as text (RFC 8259) from maps, lists, strings, numbers, booleans and null. The commands that
 * list things need no more, and a JSON library would cost them more time to start than they run.
 */
public final class JsonText {
  private JsonText() {}

  /**
   * {@code value} as JSON, indented by two spaces.
   *
   * @throws IllegalArgumentException if it holds anything that has no form in JSON
   */
  public static String of(@Nullable Object value) {
    StringBuilder text = new StringBuilder();
    append(text, value, "\n");
    return text.toString();
  }

  private static void append(StringBuilder text, @Nullable Object value, String newLine) {
    switch (value) {
      case null -> text.append("null");
      case String string -> appendString(text, string);
      case Boolean bool -> text.append(bool);
      case Double number when !Double.isFinite(number) ->
          throw new IllegalArgumentException("JSON has no " + number);
      case Number number -> text.append(number);
      case List<?> list -> appendList(text, list, newLine);
      case Map<?, ?> map -> appendMap(text, map, newLine);
      default -> throw new IllegalArgumentException("no JSON for " + value.getClass());
    }
  }

  private static void appendList(StringBuilder text, List<?> list, String newLine) {
    if (list.isEmpty()) {
      text.append("[]");
      return;
    }
    String inner = newLine + "  ";
    char before = '[';
    for (Object element : list) {
      text.append(before).append(inner);
      append(text, element, inner);
      before = ',';
    }
    text.append(newLine).append(']');
  }

  private static void appendMap(StringBuilder text, Map<?, ?> map, String newLine) {
    if (map.isEmpty()) {
      text.append("{}");
      return;
    }
    String inner = newLine + "  ";
    char before = '{';
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      text.append(before).append(inner);
      appendString(text, String.valueOf(entry.getKey()));
      text.append(": ");
      append(text, entry.getValue(), inner);
      before = ',';
    }
    text.append(newLine).append('}');
  }

  private static void appendString(StringBuilder text, String string) {
    text.append('"');
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      switch (c) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\t' -> text.append("\\t");
        case '\r' -> text.append("\\r");
        default -> {
          if (c < ' ' || (Character.isSurrogate(c) && !paired(string, i))) {
            text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            text.append(c);
          }
        }
      }
    }
    text.append('"');
  }

  private static boolean paired(String string, int i) {
    return Character.isHighSurrogate(string.charAt(i))
        ? i + 1 < string.length() && Character.isLowSurrogate(string.charAt(i + 1))
        : i > 0 && Character.isHighSurrogate(string.charAt(i - 1));
  }
}
