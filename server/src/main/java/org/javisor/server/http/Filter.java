package org.javisor.server.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Which of a list's entries are wanted, in the API's words: {@code name eq web and not status eq
 * Running or expanded_config.limits.cpu eq 2}. Clauses are taken from left to right, without
 * precedence. A value is a regular expression, case aside, that has to match all of a text unless
 * it says otherwise by {@code ^} or {@code $}; with a comma it is a list of texts instead.
 *
 * <p>The expressions are a stranger's: the work of one match is bounded by {@link #MAX_STEPS}.
 */
public final class Filter {
  private static final int MAX_LENGTH = 4096;
  private static final int MAX_STEPS = 100_000;
  private static final Set<String> OPERATORS = Set.of("eq", "ne");

  private record Clause(
      boolean or, boolean not, String field, String operator, String value, Pattern pattern) {}

  private final List<Clause> clauses;

  private Filter(List<Clause> clauses) {
    this.clauses = clauses;
  }

  /**
   * A filter from its text; an empty one lets everything through.
   *
   * @throws ApiException 400 if it is none
   */
  public static Filter parse(String text) {
    if (text.length() > MAX_LENGTH) {
      throw ApiException.badRequest("the filter is longer than " + MAX_LENGTH + " characters");
    }
    List<String> words = words(text);
    List<Clause> clauses = new ArrayList<>();
    boolean or = false;
    int i = 0;
    while (i < words.size()) {
      boolean not = words.get(i).equalsIgnoreCase("not");
      if (not) {
        i++;
      }
      if (i + 2 >= words.size() || !OPERATORS.contains(words.get(i + 1))) {
        throw wrong();
      }
      String value = words.get(i + 2);
      clauses.add(new Clause(or, not, words.get(i), words.get(i + 1), value, pattern(value)));
      i += 3;
      if (i < words.size()) {
        or = words.get(i).equals("or");
        if ((!or && !words.get(i).equals("and")) || i + 1 == words.size()) {
          throw wrong();
        }
        i++;
      }
    }
    return new Filter(clauses);
  }

  private static ApiException wrong() {
    return ApiException.badRequest("a filter is like: name eq web and not status eq Running");
  }

  /** Words between spaces; one in quotes may have spaces. */
  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (Character.isWhitespace(c)) {
        i++;
        continue;
      }
      int end;
      if (c == '"') {
        end = text.indexOf('"', ++i);
        if (end < 0) {
          throw ApiException.badRequest("the filter has a quote without end");
        }
      } else {
        end = i;
        while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
          end++;
        }
      }
      words.add(text.substring(i, end));
      i = end + 1;
    }
    return words;
  }

  private static Pattern pattern(String value) {
    int flags = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
    try {
      return Pattern.compile(
          value.contains("^") || value.contains("$") ? value : "^(?:" + value + ")$", flags);
    } catch (PatternSyntaxException e) {
      return Pattern.compile("^" + Pattern.quote(value) + "$", flags);
    }
  }

  /** The entries that are wanted. */
  public <T> List<T> of(List<T> entries) {
    return clauses.isEmpty() ? entries : entries.stream().filter(this::matches).toList();
  }

  /**
   * Whether an entry is wanted.
   *
   * @param entry is looked at in the form it has in JSON
   * @throws ApiException 400 if a field is not a text, number or truth, or a match takes too long
   */
  public boolean matches(Object entry) {
    JsonNode tree = Json.tree(entry);
    boolean result = true;
    for (Clause clause : clauses) {
      boolean one = matches(clause, text(tree, clause.field())) != clause.not();
      result = clause.or() ? result || one : result && one;
    }
    return result;
  }

  private static boolean matches(Clause clause, String text) {
    boolean equal =
        clause.value().contains(",")
            ? Arrays.stream(clause.value().split(",", -1)).anyMatch(text::equalsIgnoreCase)
            : found(clause.pattern(), text);
    return clause.operator().equals("eq") == equal;
  }

  private static boolean found(Pattern pattern, String text) {
    try {
      return pattern.matcher(new Bounded(text, new AtomicInteger(MAX_STEPS))).find();
    } catch (StackOverflowError e) {
      throw tooMuch(); // A nested group over a long text; nothing is left behind.
    }
  }

  private static ApiException tooMuch() {
    return ApiException.badRequest("the filter's expression takes too long");
  }

  /** The field's text; dots lead into objects, whose keys may have dots themselves. */
  private static String text(JsonNode tree, String field) {
    JsonNode node = find(tree, field);
    if (node == null || node.isNull()) {
      return "";
    }
    if (!node.isValueNode()) {
      throw ApiException.badRequest("a filter cannot be for '" + field + "'");
    }
    return node.isBoolean()
        ? Boolean.toString(node.booleanValue()).toLowerCase(Locale.ROOT)
        : node.asString();
  }

  private static @Nullable JsonNode find(JsonNode tree, String field) {
    JsonNode whole = tree.get(field);
    int dot = field.indexOf('.');
    if (whole != null || dot < 0) {
      return whole;
    }
    JsonNode inner = tree.get(field.substring(0, dot));
    return inner == null ? null : find(inner, field.substring(dot + 1));
  }

  /** A text that ends the match that looks at it too often. */
  private static final class Bounded implements CharSequence {
    private final CharSequence text;
    private final AtomicInteger left;

    Bounded(CharSequence text, AtomicInteger left) {
      this.text = text;
      this.left = left;
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      if (left.decrementAndGet() < 0) {
        throw tooMuch();
      }
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new Bounded(text.subSequence(start, end), left);
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }
}
