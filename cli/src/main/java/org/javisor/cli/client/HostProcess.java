package org.javisor.cli.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.javisor.host.Problem;
import org.javisor.host.ProblemException;
import org.javisor.server.HostServer;

/** The host process of a data folder: whether it runs, and its start in the background. */
public final class HostProcess {
  private static final Duration START = Duration.ofSeconds(60);
  private static final int LOG_LINES = 10;

  private final Path dataFolder;
  private final Map<String, String> environment;

  /** The process of this data folder. */
  public HostProcess(Path dataFolder, Map<String, String> environment) {
    this.dataFolder = dataFolder;
    this.environment = environment;
  }

  /** Whether it runs. */
  public boolean isRunning() {
    return HostServer.isRunning(dataFolder);
  }

  /** Where what it says is written. */
  public Path log() {
    return dataFolder.resolve("host").resolve("host.log");
  }

  /**
   * A client of it; it is started if it does not run.
   *
   * @throws ProblemException if it cannot be started
   */
  public HostClient connect() throws InterruptedException {
    if (!isRunning()) {
      start(List.of());
    }
    return HostClient.at(HostServer.socket(dataFolder));
  }

  /**
   * Starts it in the background, and waits until it answers.
   *
   * @param options for {@code host start}
   * @throws ProblemException if it ends instead
   */
  public void start(List<String> options) throws InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(launcher());
    command.addAll(List.of("host", "start", "--foreground", "--detach"));
    command.addAll(options);
    try {
      Files.createDirectories(log().getParent());
      Process process =
          new ProcessBuilder(command)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
              .redirectError(ProcessBuilder.Redirect.appendTo(log().toFile()))
              .start();
      long deadline = System.nanoTime() + START.toNanos();
      while (!isRunning()) {
        if (!process.isAlive()) {
          if (isRunning()) {
            return; // Two commands at once have started one; the other one's won.
          }
          throw new ProblemException(
              new Problem(Problem.Kind.FAILED, "the host process ended at once", "", lastWords()),
              null);
        }
        if (System.nanoTime() > deadline) {
          process.destroy();
          throw ProblemException.failed("the host process does not answer", "see " + log(), null);
        }
        Thread.sleep(20);
      }
    } catch (IOException e) {
      throw ProblemException.failed("the host process cannot be started: " + e.getMessage(), "", e);
    }
  }

  /** The launcher says where it is, since the JVM's options for machines are its matter. */
  private String launcher() {
    String launcher = environment.getOrDefault("JAVISOR_LAUNCHER", "");
    if (launcher.isEmpty()) {
      throw ProblemException.hostLacks(
          "no host process runs, and JAVISOR_LAUNCHER does not say how to start one",
          "start it: javisor host start --foreground");
    }
    return launcher;
  }

  private List<String> lastWords() throws IOException {
    List<String> lines = Files.readAllLines(log());
    return lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size());
  }
}
