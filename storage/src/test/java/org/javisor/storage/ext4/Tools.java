package org.javisor.storage.ext4;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The e2fsprogs, an independent opinion on what we write. */
final class Tools {

  private Tools() {}

  static Path find(String tool) {
    Path found =
        Stream.concat(
                Stream.of("/usr/sbin", "/sbin"),
                Stream.of(System.getenv().getOrDefault("PATH", "").split(":")))
            .map(directory -> Path.of(directory, tool))
            .filter(Files::isExecutable)
            .findFirst()
            .orElse(null);
    Assumptions.assumeTrue(found != null, tool + " (package e2fsprogs) is not installed");
    return found;
  }

  /** Runs a tool and returns all its output; fails if it does not exit with 0. */
  static String run(String tool, Object... arguments) {
    try {
      List<String> command =
          Stream.concat(
                  Stream.of(find(tool).toString()), Stream.of(arguments).map(Object::toString))
              .toList();
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int exit = process.waitFor();
      assertThat(exit).as("%s:%n%s", command, output).isZero();
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Fails unless the file system is without any fault, its hash trees included. */
  static void check(Path fileSystem) {
    String output = run("e2fsck", "-f", "-n", fileSystem);
    assertThat(output).doesNotContain("Warning", "WARNING", "error", "optimize");
  }

  static String debugfs(Path fileSystem, String request) {
    return run("debugfs", "-R", request, fileSystem);
  }
}
