package org.javisor.host.agent;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.javisor.host.ProblemException;
import org.javisor.host.TerminalSize;

/**
 * A command to run in a running machine.
 *
 * @param command the program, looked for in the guest's PATH, and its arguments; none holds a NUL
 * @param environment variables to set besides those the guest's agent has
 * @param workingDirectory where to start; empty for root's home
 * @param user user and group id to run as; empty for root
 * @param terminal a terminal of this size as its three streams; empty for streams of bytes
 */
public record ExecRequest(
    List<String> command,
    Map<String, String> environment,
    Optional<String> workingDirectory,
    Optional<User> user,
    Optional<TerminalSize> terminal) {
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** The guest's kernel takes 128 KiB for one argument, and the agents less than a MiB for all. */
  private static final int MAX_TEXT = 96 << 10;

  /** Ids in the guest. */
  public record User(int uid, int gid) {
    /** Checks that they are not negative. */
    public User {
      if ((uid | gid) < 0) {
        throw ProblemException.badInput(
            "there is no user " + uid + " in group " + gid, "ids are 0 or more");
      }
    }
  }

  /**
   * Checks the words.
   *
   * @throws ProblemException if there is no command, a variable's name is not a shell's, a word
   *     holds a NUL, or all together are too long
   */
  public ExecRequest {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
    if (command.isEmpty() || command.getFirst().isEmpty()) {
      throw ProblemException.badInput("the command is empty", "name a program");
    }
    int length = workingDirectory.map(ExecRequest::checkedLength).orElse(0);
    for (String word : command) {
      length += checkedLength(word);
    }
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      if (!VARIABLE.matcher(variable.getKey()).matches()) {
        throw ProblemException.badInput(
            "'" + variable.getKey() + "' cannot be the name of an environment variable",
            "use letters, digits and underscores");
      }
      length += variable.getKey().length() + checkedLength(variable.getValue());
    }
    if (length > MAX_TEXT) {
      throw ProblemException.badInput(
          "the command with its environment has " + length + " characters",
          "at most " + MAX_TEXT + " are possible; send more through its standard input");
    }
  }

  private static int checkedLength(String word) {
    if (word.indexOf(0) >= 0) {
      throw ProblemException.badInput("a word of the command holds a NUL", "leave it out");
    }
    return word.length();
  }

  /** A command as root, with streams of bytes. */
  public static ExecRequest of(String... command) {
    return new ExecRequest(
        List.of(command), Map.of(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** The same on a terminal. */
  public ExecRequest onTerminal(TerminalSize size) {
    return new ExecRequest(command, environment, workingDirectory, user, Optional.of(size));
  }
}
