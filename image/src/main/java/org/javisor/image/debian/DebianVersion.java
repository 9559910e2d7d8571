package org.javisor.image.debian;

import java.util.Objects;

/**
 * A package version, ordered as Debian policy section 5.6.12 orders them.
 *
 * @param epoch the number before the first colon, 0 if there is none
 * @param upstream the upstream version, without epoch and revision
 * @param revision the part after the last hyphen, empty if there is none
 */
public record DebianVersion(int epoch, String upstream, String revision)
    implements Comparable<DebianVersion> {

  /** Checks that the parts are there. */
  public DebianVersion {
    Objects.requireNonNull(upstream);
    Objects.requireNonNull(revision);
  }

  /**
   * Reads {@code [epoch:]upstream[-revision]}.
   *
   * @throws IllegalArgumentException if the text is not a version
   */
  public static DebianVersion parse(String text) {
    String rest = text.strip();
    int epoch = 0;
    int colon = rest.indexOf(':');
    if (colon >= 0) {
      try {
        epoch = Integer.parseInt(rest, 0, colon, 10);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("not a Debian version: " + text, e);
      }
      rest = rest.substring(colon + 1);
    }
    int hyphen = rest.lastIndexOf('-');
    String upstream = hyphen < 0 ? rest : rest.substring(0, hyphen);
    String revision = hyphen < 0 ? "" : rest.substring(hyphen + 1);
    if (epoch < 0 || upstream.isEmpty() || !legal(upstream) || !legal(revision)) {
      throw new IllegalArgumentException("not a Debian version: " + text);
    }
    return new DebianVersion(epoch, upstream, revision);
  }

  private static boolean legal(String part) {
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      if (!digit(c) && !letter(c) && ".+-~:".indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int compareTo(DebianVersion other) {
    int order = Integer.compare(epoch, other.epoch);
    if (order == 0) {
      order = comparePart(upstream, other.upstream);
    }
    return order != 0 ? order : comparePart(revision, other.revision);
  }

  /** Whether both are the same version: {@code 1.0} and {@code 1.0-0} are, though not equal. */
  public boolean sameAs(DebianVersion other) {
    return compareTo(other) == 0;
  }

  /**
   * Alternating runs of non-digits and digits. Non-digits compare by character with letters before
   * everything else and the tilde before even the end; digits compare as numbers of any length.
   */
  private static int comparePart(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() || j < b.length()) {
      while ((i < a.length() && !digit(a.charAt(i))) || (j < b.length() && !digit(b.charAt(j)))) {
        int order = Integer.compare(weight(a, i), weight(b, j));
        if (order != 0) {
          return order;
        }
        i++;
        j++;
      }
      i = skipZeros(a, i);
      j = skipZeros(b, j);
      int startA = i;
      int startB = j;
      while (i < a.length() && digit(a.charAt(i))) {
        i++;
      }
      while (j < b.length() && digit(b.charAt(j))) {
        j++;
      }
      int order = Integer.compare(i - startA, j - startB);
      for (int k = 0; order == 0 && k < i - startA; k++) {
        order = Character.compare(a.charAt(startA + k), b.charAt(startB + k));
      }
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  private static int skipZeros(String s, int from) {
    int i = from;
    while (i < s.length() && s.charAt(i) == '0') {
      i++;
    }
    return i;
  }

  private static int weight(String s, int index) {
    if (index >= s.length() || digit(s.charAt(index))) {
      return 0;
    }
    char c = s.charAt(index);
    if (c == '~') {
      return -1;
    }
    return letter(c) ? c : c + 256;
  }

  private static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  @Override
  public String toString() {
    String text = revision.isEmpty() ? upstream : upstream + "-" + revision;
    return epoch == 0 ? text : epoch + ":" + text;
  }
}
