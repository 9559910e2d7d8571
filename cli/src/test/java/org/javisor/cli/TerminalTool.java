package org.javisor.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A terminal for tests: {@code script} of util-linux runs a command in a pseudo-terminal. */
final class TerminalTool {
  private static final Path SCRIPT = Path.of("/usr/bin/script");

  private TerminalTool() {}

  static void assumePresent() {
    Assumptions.assumeTrue(Files.isExecutable(SCRIPT), "needs script of util-linux");
  }

  static List<String> inTerminal(String command) {
    return List.of(SCRIPT.toString(), "-qec", command, "/dev/null");
  }
}
