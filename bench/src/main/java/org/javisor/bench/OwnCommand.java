package org.javisor.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.javisor.host.ProblemException;

/** How this process was started: the JVM, its options and the main class. */
public final class OwnCommand {
  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

  private OwnCommand() {}

  /**
   * The command without the arguments of the main class.
   *
   * @param mainClass its main class
   * @throws ProblemException where the system does not tell, or it was started in another way
   */
  public static List<String> withoutArguments(Class<?> mainClass) {
    try {
      String whole = Files.readString(COMMAND_LINE, StandardCharsets.UTF_8);
      return withoutArguments(Arrays.asList(whole.split("\0", -1)), mainClass.getName());
    } catch (IOException e) {
      throw ProblemException.hostLacks("there is no " + COMMAND_LINE, "use Linux");
    }
  }

  static List<String> withoutArguments(List<String> command, String mainClass) {
    int main = command.indexOf(mainClass);
    if (main < 0) {
      throw ProblemException.hostLacks(
          "bench cannot start machines of its own from here", "start it with ./javisor");
    }
    return List.copyOf(command.subList(0, main + 1));
  }
}
