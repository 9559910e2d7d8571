package org.javisor.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A program of the host's that has an opinion of its own on what we write. */
public record HostTool(String name, String debianPackage) {

  /** Exit code and all output. */
  public record Result(int exit, String output) {}

  private Path find() {
    Path found =
        Stream.concat(
                Stream.of("/usr/sbin", "/sbin"),
                Stream.of(System.getenv().getOrDefault("PATH", "").split(":")))
            .map(directory -> Path.of(directory, name))
            .filter(Files::isExecutable)
            .findFirst()
            .orElse(null);
    Assumptions.assumeTrue(
        found != null, name + " (package " + debianPackage + ") is not installed");
    return found;
  }

  /** Runs it and returns all its output; fails if it does not exit with 0. */
  public String run(Object... arguments) {
    Result result = tryRun(arguments);
    assertThat(result.exit()).as("%s:%n%s", name, result.output()).isZero();
    return result.output();
  }

  /** Runs it. */
  public Result tryRun(Object... arguments) {
    try {
      List<String> command =
          Stream.concat(Stream.of(find().toString()), Stream.of(arguments).map(Object::toString))
              .toList();
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectInput(Path.of("/dev/null").toFile());
      builder.environment().put("LC_ALL", "C.UTF-8");
      builder.environment().put("MTOOLS_SKIP_CHECK", "0");
      Process process = builder.start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Result(process.waitFor(), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
