package org.javisor.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.javisor.host.ProblemException;

/** Keys and values, as arguments have them. */
final class Assignments {
  private Assignments() {}

  /**
   * Reads entries of the form {@code KEY=VALUE}; of two for a key the later one counts.
   *
   * @param example one that is right, for who writes another
   * @throws ProblemException if one has no key, or no equals sign
   */
  static Map<String, String> of(List<String> entries, String example) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String entry : entries) {
      int equals = entry.indexOf('=');
      if (equals < 1) {
        throw ProblemException.badInput("'" + entry + "' sets nothing", "write it like " + example);
      }
      values.put(entry.substring(0, equals), entry.substring(equals + 1));
    }
    return values;
  }
}
