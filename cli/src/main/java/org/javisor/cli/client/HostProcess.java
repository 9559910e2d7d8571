package org.javisor.cli.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.javisor.host.Problem;
import org.javisor.host.ProblemException;
import org.javisor.host.handover.HandOverLink;
import org.javisor.server.HostServer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

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

  /** A client of it, if it runs. */
  public Optional<HostClient> connectIfRunning() {
    return isRunning()
        ? Optional.of(HostClient.at(HostServer.socket(dataFolder)))
        : Optional.empty();
  }

  /**
   * Starts it in the background, and waits until it answers.
   *
   * @param options for {@code host start}
   * @throws ProblemException if it ends instead
   */
  public void start(List<String> options) throws InterruptedException {
    try {
      Process process = launch(options);
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

  private Process launch(List<String> options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(launcher());
    command.addAll(List.of("host", "start", "--foreground", "--detach"));
    command.addAll(options);
    Files.createDirectories(log().getParent());
    return new ProcessBuilder(command)
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
        .redirectError(ProcessBuilder.Redirect.appendTo(log().toFile()))
        .start();
  }

  /**
   * Starts another one that takes over from the one that runs, and waits until it serves in its
   * place.
   *
   * @param options for {@code host start}
   * @return for each machine how long it stood still, as the API tells it
   * @throws ProblemException if it came to nothing: the machines run on in the process that runs
   */
  public JsonNode replace(List<String> options) throws InterruptedException {
    List<String> all = new ArrayList<>(options);
    all.add("--take-over");
    Path waiting = HandOverLink.socket(dataFolder);
    @Nullable Process process = null;
    boolean replaced = false;
    try (HostClient old = HostClient.at(HostServer.socket(dataFolder))) {
      long before = processOf(old);
      Files.deleteIfExists(waiting);
      process = launch(all);
      long deadline = System.nanoTime() + START.toNanos();
      while (!Files.exists(waiting)) {
        requireAlive(process, deadline);
        Thread.sleep(20);
      }
      handOver(old);
      replaced = true; // Or it crashed; the new one sees that, and ends by itself.
      return awaitNext(process, before);
    } catch (IOException e) {
      throw ProblemException.failed(
          "the host process cannot be replaced: " + e.getMessage(), "", e);
    } finally {
      if (!replaced && process != null) {
        process.destroy();
      }
    }
  }

  private static long processOf(HostClient client) throws InterruptedException {
    return client.get("/1.0").path("environment").path("server_pid").asLong();
  }

  private static void handOver(HostClient old) throws InterruptedException {
    try {
      old.call("POST", "/1.0/host/handover", HostClient.object());
      throw new IllegalStateException("the process has handed over and goes on");
    } catch (ProblemException e) {
      // Its connection breaks when it has nothing to do any more but to end.
      if (!(e.getCause() instanceof ExecutionException)) {
        throw e;
      }
    }
  }

  private JsonNode awaitNext(Process process, long before)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START.toNanos();
    while (true) {
      if (isRunning()) {
        try (HostClient next = HostClient.at(HostServer.socket(dataFolder))) {
          if (processOf(next) != before) {
            return next.get("/1.0/host/handover");
          }
        } catch (ProblemException e) {
          // One of them has just ended.
        }
      }
      requireAlive(process, deadline);
      Thread.sleep(20);
    }
  }

  private void requireAlive(Process process, long deadline) throws IOException {
    if (!process.isAlive()) {
      throw new ProblemException(
          new Problem(Problem.Kind.FAILED, "the new host process ended", "", lastWords()), null);
    }
    if (System.nanoTime() > deadline) {
      throw ProblemException.failed("the new host process does not answer", "see " + log(), null);
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
