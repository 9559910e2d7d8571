package org.javisor.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.javisor.host.ProblemException;

/** The environment of a command in a guest, as {@code --env} has it. */
final class CommandEnvironment {
  private CommandEnvironment() {}

  /**
   * Reads entries: {@code KEY=VALUE}, or {@code KEY} for the value it has here.
   *
   * @throws ProblemException if a variable is to be taken from here and is not there
   */
  static Map<String, String> of(List<String> entries) {
    Map<String, String> variables = new HashMap<>();
    for (String entry : entries) {
      int equals = entry.indexOf('=');
      String key = equals < 0 ? entry : entry.substring(0, equals);
      String value = equals < 0 ? System.getenv(key) : entry.substring(equals + 1);
      if (value == null) {
        throw ProblemException.badInput(
            "the environment has no variable " + key, "give its value: --env " + key + "=VALUE");
      }
      variables.put(key, value);
    }
    return variables;
  }
}
