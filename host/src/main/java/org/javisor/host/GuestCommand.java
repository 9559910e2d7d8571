package org.javisor.host;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A command to run inside a machine.
 *
 * @param arguments the program and its arguments, at least the program; any bytes but NUL, as the
 *     kernel takes them
 * @param environment variables to set besides those the guest has
 * @param workingDirectory where to start; empty for the guest's choice
 * @param terminal whether its standard streams are the guest's serial console, a terminal, instead
 *     of byte streams of their own
 * @param size of that terminal, where it is known: a serial line does not tell it
 */
public record GuestCommand(
    List<byte[]> arguments,
    Map<String, String> environment,
    Optional<String> workingDirectory,
    boolean terminal,
    Optional<TerminalSize> size) {

  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /**
   * Checks names and values.
   *
   * @throws ProblemException if a variable's name is not a shell's, or the program's name is empty
   */
  public GuestCommand {
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
    if (arguments.isEmpty() || arguments.getFirst().length == 0) {
      throw ProblemException.badInput("the command is empty", "name a program after --");
    }
    for (String name : environment.keySet()) {
      if (!VARIABLE.matcher(name).matches()) {
        throw ProblemException.badInput(
            "'" + name + "' cannot be the name of an environment variable",
            "use letters, digits and underscores");
      }
    }
  }

  /** A command of plain words. */
  public static GuestCommand of(String... words) {
    List<byte[]> arguments =
        List.of(words).stream().map(word -> word.getBytes(StandardCharsets.UTF_8)).toList();
    return new GuestCommand(arguments, Map.of(), Optional.empty(), false, Optional.empty());
  }

  /**
   * The POSIX shell script that becomes this command: the guest's side of the command protocol runs
   * it with a shell. A command that is not found ends with 127 and one that cannot start with 126,
   * as the shell's exec has it; a missing working directory ends with 126 too.
   */
  public byte[] script() {
    ByteArrayOutputStream script = new ByteArrayOutputStream();
    if (terminal) {
      size.ifPresent(
          known -> plain(script, "stty rows " + known.rows() + " cols " + known.columns() + "\n"));
    }
    workingDirectory.ifPresent(
        folder -> {
          plain(script, "cd -- ");
          quoted(script, folder.getBytes(StandardCharsets.UTF_8));
          plain(script, " || exit 126\n");
        });
    environment.forEach(
        (name, value) -> {
          plain(script, "export " + name + "=");
          quoted(script, value.getBytes(StandardCharsets.UTF_8));
          plain(script, "\n");
        });
    plain(script, "exec");
    for (byte[] argument : arguments) {
      plain(script, " ");
      quoted(script, argument);
    }
    plain(script, "\n");
    return script.toByteArray();
  }

  private static void plain(ByteArrayOutputStream script, String words) {
    script.writeBytes(words.getBytes(StandardCharsets.UTF_8));
  }

  /** Between single quotes every byte stands for itself, but for the quote. */
  private static void quoted(ByteArrayOutputStream script, byte[] bytes) {
    script.write('\'');
    for (byte b : bytes) {
      if (b == '\'') {
        plain(script, "'\\''");
      } else {
        script.write(b);
      }
    }
    script.write('\'');
  }
}
