package org.javisor.host;

import java.util.List;
import java.util.Objects;

/**
 * What went wrong, in a form a person can act on.
 *
 * @param kind whose matter it is
 * @param what one line: what is wrong, naming the thing
 * @param remedy one line: what to do about it; empty where {@code what} says all
 * @param details further lines that help to understand it, such as a console's last; may be empty
 */
public record Problem(Kind kind, String what, String remedy, List<String> details) {

  /** Whose matter a problem is. */
  public enum Kind {
    /** The request cannot be meant: wrong usage, an unknown name, a value out of range. */
    BAD_INPUT,
    /** This host lacks something: memory, room, a tool, a mirror. */
    HOST_LACKS,
    /** The request was fine and the operation failed: a guest that crashed, a broken download. */
    FAILED
  }

  public Problem {
    Objects.requireNonNull(kind);
    Objects.requireNonNull(what);
    Objects.requireNonNull(remedy);
    details = List.copyOf(details);
  }

  /** Without details. */
  public Problem(Kind kind, String what, String remedy) {
    this(kind, what, remedy, List.of());
  }

  /** One line with both halves. */
  public String line() {
    return remedy.isEmpty() ? what : what + ": " + remedy;
  }
}
