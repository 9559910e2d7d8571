package org.javisor.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.javisor.host.Problem;
import org.javisor.host.ProblemException;

/** Boots a benchmark machine in a process of a peer and waits for its end. */
final class MachineProcess {
  private final Peer peer;
  private final BootFiles boot;
  private final Duration limit;

  /**
   * A machine to boot.
   *
   * @param limit after this time the process is killed and the run has failed
   */
  MachineProcess(Peer peer, BootFiles boot, Duration limit) {
    this.peer = peer;
    this.boot = boot;
    this.limit = limit;
  }

  /**
   * Boots it and reads its console to the end.
   *
   * @throws ProblemException if it does not start, does not end in time, or does not finish its
   *     programs; the last lines of the console are its details
   */
  MachineRun run() throws InterruptedException {
    Path errors = temporaryFile(".log");
    Path statistics = temporaryFile(".json");
    try {
      long start = System.nanoTime();
      Process process = start(errors, statistics);
      // Whoever ends this process ends the machine too.
      Thread atExit = Thread.ofPlatform().unstarted(process::destroyForcibly);
      Runtime.getRuntime().addShutdownHook(atExit);
      try {
        return read(process, start, errors, statistics);
      } finally {
        process.destroyForcibly();
        removeHook(atExit);
      }
    } finally {
      errors.toFile().delete();
      statistics.toFile().delete();
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // This process is ending already, and the hook has run or will.
    }
  }

  private Process start(Path errors, Path statistics) {
    try {
      Process process =
          new ProcessBuilder(peer.command(boot, statistics)).redirectError(errors.toFile()).start();
      process.getOutputStream().close();
      return process;
    } catch (IOException e) {
      throw ProblemException.failed(peer.name() + " does not start: " + e.getMessage(), "", e);
    }
  }

  private MachineRun read(Process process, long start, Path errors, Path statistics)
      throws InterruptedException {
    ConsoleReader console = new ConsoleReader();
    // Said before it is done: the process may be gone before the future counts as completed.
    AtomicBoolean late = new AtomicBoolean();
    CompletableFuture<Void> timeout =
        CompletableFuture.runAsync(
            () -> {
              late.set(true);
              process.destroyForcibly();
            },
            CompletableFuture.delayedExecutor(limit.toNanos(), TimeUnit.NANOSECONDS));
    ProcessMemory memory = ProcessMemory.UNKNOWN;
    boolean measured = false;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1))) {
      String line;
      while ((line = lines.readLine()) != null) {
        console.line(line, Duration.ofNanos(System.nanoTime() - start));
        if (console.ended() && !measured) {
          measured = true;
          memory = ProcessMemory.of(process.pid(), boot.memory());
        }
      }
    } catch (IOException e) {
      // Its end was cut off: what has been read decides.
    }
    process.waitFor();
    timeout.cancel(false);
    check(console, !late.get(), process.exitValue(), errors);
    return new MachineRun(
        console.firstProgram().orElseThrow(),
        console.results(),
        console.workloads(),
        memory.withCodeCache(peer.codeCache(statistics)));
  }

  private void check(ConsoleReader console, boolean inTime, int exitCode, Path errors) {
    String wrong;
    if (!inTime) {
      wrong = "did not end within " + limit.toSeconds() + " s";
    } else if (!console.complaints().isEmpty()) {
      wrong = String.join("; ", console.complaints());
    } else if (!console.ended() || console.firstProgram().isEmpty()) {
      wrong = "ended (exit code " + exitCode + ") before its programs did";
    } else {
      return;
    }
    List<String> evidence = new ArrayList<>();
    evidence.addAll(console.lastLines());
    evidence.addAll(linesOf(errors));
    String what = "the machine in " + peer.name() + " failed: " + wrong;
    throw new ProblemException(new Problem(Problem.Kind.FAILED, what, "", evidence), null);
  }

  private static List<String> linesOf(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1).lines().limit(20).toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static Path temporaryFile(String suffix) {
    try {
      Path file = Files.createTempFile("javisor-bench", suffix);
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw ProblemException.hostLacks(
          "no temporary file can be made (" + e.getMessage() + ")",
          "make room or set another java.io.tmpdir");
    }
  }
}
