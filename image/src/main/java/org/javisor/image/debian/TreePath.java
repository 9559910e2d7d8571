package org.javisor.image.debian;

import java.io.IOException;
import java.io.Serial;

/** Paths of entries in packages, made to stay inside the tree they describe. */
final class TreePath {
  private TreePath() {}

  /** An entry that would lie outside the tree, or cannot be listed by dpkg. */
  static final class Refused extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  /**
   * The path without leading {@code ./} and closing slash; the root is empty.
   *
   * @throws Refused if it is absolute, climbs, has empty parts, or characters no package may use
   */
  static String normalize(String path) throws Refused {
    String rest = path;
    if (rest.startsWith("/")) {
      throw new Refused("the path " + printable(path) + " is absolute");
    }
    while (rest.startsWith("./")) {
      rest = rest.substring(2);
    }
    if (rest.endsWith("/")) {
      rest = rest.substring(0, rest.length() - 1);
    }
    if (rest.isEmpty() || rest.equals(".")) {
      return "";
    }
    for (int i = 0; i < rest.length(); i++) {
      if (rest.charAt(i) < ' ' || rest.charAt(i) == 0x7f) {
        throw new Refused("the path " + printable(path) + " has control characters");
      }
    }
    for (String part : rest.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        throw new Refused("the path " + printable(path) + " is not plain");
      }
    }
    return rest;
  }

  private static String printable(String path) {
    return path.replaceAll("[\\x00-\\x1f\\x7f]", "?");
  }
}
