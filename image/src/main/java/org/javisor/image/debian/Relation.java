package org.javisor.image.debian;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One term of a relationship field (policy section 7.1): a package, perhaps in certain versions.
 *
 * @param name the package's or virtual package's name
 * @param qualifier the architecture after the colon ({@code any}, {@code native}, {@code riscv64}),
 *     or null
 * @param operator how the version is bounded, or null if any will do
 * @param version the bound, null exactly when the operator is
 */
public record Relation(
    String name,
    @Nullable String qualifier,
    @Nullable Operator operator,
    @Nullable DebianVersion version) {

  /** How a version is bounded. */
  public enum Operator {
    /** Strictly earlier, {@code <<}. */
    EARLIER("<<"),
    /** Earlier or equal, {@code <=}. */
    EARLIER_OR_EQUAL("<="),
    /** Exactly equal, {@code =}. */
    EQUAL("="),
    /** Later or equal, {@code >=}. */
    LATER_OR_EQUAL(">="),
    /** Strictly later, {@code >>}. */
    LATER(">>");

    private final String symbol;

    Operator(String symbol) {
      this.symbol = symbol;
    }

    boolean accepts(int order) {
      return switch (this) {
        case EARLIER -> order < 0;
        case EARLIER_OR_EQUAL -> order <= 0;
        case EQUAL -> order == 0;
        case LATER_OR_EQUAL -> order >= 0;
        case LATER -> order > 0;
      };
    }

    static Operator of(String symbol) {
      return switch (symbol) {
        case "<<" -> EARLIER;
        // The single signs are the deprecated spelling of "or equal" (policy section 7.1).
        case "<=", "<" -> EARLIER_OR_EQUAL;
        case "=" -> EQUAL;
        case ">=", ">" -> LATER_OR_EQUAL;
        case ">>" -> LATER;
        default -> throw new IllegalArgumentException("not a version operator: " + symbol);
      };
    }
  }

  private static final Pattern TERM =
      Pattern.compile(
          "([A-Za-z0-9][A-Za-z0-9+.-]*)(?::([a-z0-9-]+))?"
              + "\\s*(?:\\(\\s*(<<|<=|=|>=|>>|<|>)\\s*([^\\s)]+)\\s*\\))?"
              + "\\s*(?:\\[[^]]*])?\\s*(?:<[^>]*>\\s*)*");

  /** Whether a package of this version satisfies the bound; the name is not looked at. */
  public boolean accepts(DebianVersion candidate) {
    return operator == null || version == null || operator.accepts(candidate.compareTo(version));
  }

  /**
   * Reads a whole field: groups separated by commas, each a list of alternatives separated by bars.
   *
   * @throws IllegalArgumentException if a term cannot be read
   */
  public static List<List<Relation>> parseField(@Nullable String field) {
    List<List<Relation>> groups = new ArrayList<>();
    if (field == null || field.isBlank()) {
      return groups;
    }
    for (String group : field.split(",", -1)) {
      if (group.isBlank()) {
        continue;
      }
      List<Relation> alternatives = new ArrayList<>();
      for (String term : group.split("\\|", -1)) {
        alternatives.add(parseTerm(term.strip()));
      }
      groups.add(List.copyOf(alternatives));
    }
    return groups;
  }

  private static Relation parseTerm(String term) {
    Matcher match = TERM.matcher(term);
    if (!match.matches()) {
      throw new IllegalArgumentException("not a package relationship: " + term);
    }
    String symbol = match.group(3);
    return new Relation(
        match.group(1).toLowerCase(Locale.ROOT),
        match.group(2),
        symbol == null ? null : Operator.of(symbol),
        symbol == null ? null : DebianVersion.parse(match.group(4)));
  }

  @Override
  public String toString() {
    String text = qualifier == null ? name : name + ":" + qualifier;
    return operator == null ? text : text + " (" + operator.symbol + " " + version + ")";
  }
}
