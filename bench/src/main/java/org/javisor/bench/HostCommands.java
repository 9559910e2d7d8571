package org.javisor.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.javisor.host.ProblemException;

/** Commands of {@code javisor}, each run in a process of its own, as a user does. */
final class HostCommands {
  private static final long PATIENCE_SECONDS = 300;

  private final List<String> start;

  /**
   * Commands that are started like this.
   *
   * @param start the command, before its arguments
   */
  HostCommands(List<String> start) {
    this.start = List.copyOf(start);
  }

  /**
   * Runs one to its end; its output.
   *
   * @throws ProblemException with what it said, if it fails
   */
  String run(List<String> arguments) throws InterruptedException {
    return run(arguments, new byte[0]);
  }

  /** The same, with an input. */
  String run(List<String> arguments, byte[] input) throws InterruptedException {
    List<String> command = new ArrayList<>(start);
    command.addAll(arguments);
    try {
      Path said = Files.createTempFile("javisor-bench", ".txt");
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      try {
        try (OutputStream standardInput = process.getOutputStream()) {
          standardInput.write(input);
        }
        boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        String output = Files.readString(said, StandardCharsets.ISO_8859_1);
        if (!ended || process.exitValue() != 0) {
          throw ProblemException.failed(
              "javisor %s %s: %s"
                  .formatted(
                      String.join(" ", arguments),
                      ended ? "failed" : "does not end",
                      output.strip()),
              "",
              null);
        }
        return output;
      } finally {
        process.destroyForcibly();
        Files.delete(said);
      }
    } catch (IOException e) {
      throw ProblemException.failed("javisor cannot be started: " + e.getMessage(), "", e);
    }
  }

  /** Runs a line of shell in a machine; its output. */
  String shell(String machine, String line) throws InterruptedException {
    return run(List.of("exec", machine, "--", "sh", "-c", line));
  }
}
