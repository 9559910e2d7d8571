package org.javisor.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.javisor.host.CommandRun;
import org.javisor.host.GuestCommand;
import org.javisor.host.Host;
import org.javisor.host.Instance;
import org.javisor.host.MachineEnd;
import org.javisor.host.MachineSpec;
import org.javisor.machine.StopReason;

/** One machine in front of one person: standard streams, terminal, signals, exit code. */
final class MachineSession {
  /** How long a machine with a kept disk has to shut down after its command. */
  private static final Duration SHUTDOWN = Duration.ofMinutes(3);

  private final Host host;
  private final MachineSpec spec;
  private final boolean interactive;
  private final boolean tty;
  private final Statistics statistics;
  private final ExecutionTrace trace;

  // Unbuffered, and without the silence of PrintStream about a reader that has gone.
  private final InputStream input = new FileInputStream(FileDescriptor.in);
  private final OutputStream output = new FileOutputStream(FileDescriptor.out);
  private final OutputStream error = new FileOutputStream(FileDescriptor.err);

  MachineSession(
      Host host,
      MachineSpec spec,
      boolean interactive,
      boolean tty,
      Statistics statistics,
      ExecutionTrace trace) {
    this.host = host;
    this.spec = spec;
    this.interactive = interactive;
    this.tty = tty;
    this.statistics = statistics;
    this.trace = trace;
  }

  /** Boots the machine and stays until it has ended; the process's exit code. */
  int run(Optional<GuestCommand> command) throws InterruptedException {
    int code = command.isPresent() ? runCommand(command.get()) : runConsole();
    trace.finish();
    return code;
  }

  private int runCommand(GuestCommand command) throws InterruptedException {
    try (CommandRun run = new CommandRun(command, new CommandRun.Streams(input, output, error));
        Instance instance = host.build(spec, run.ports(), run.bootWords());
        Ending ending = new Ending(instance)) {
      instance.stopOnGuestReset();
      if (spec.verbose()) {
        instance.showConsole(error);
      }
      if (tty) {
        ending.makeRaw();
        run.whenReady(
            () -> {
              instance.showConsole(output);
              startTyping(instance, ending);
            });
      }
      trace.follow(instance);
      instance.start();
      CommandRun.Outcome outcome = run.await(instance);
      int code =
          switch (outcome) {
            case CommandRun.Outcome.Exited exited -> {
              if (spec.name().isPresent()) {
                awaitShutdown(instance);
              }
              instance.awaitConsoleWritten();
              yield exited.code();
            }
            case CommandRun.Outcome.OutputGone gone -> ExitCode.OUTPUT_GONE;
            case CommandRun.Outcome.MachineEnded ended -> {
              ending.restoreTerminal();
              traceBug(ended.reason());
              yield new MachineEndCode(
                      MachineEnd.of(ended.reason(), ended.ready(), instance.lastConsoleLines()))
                  .ofCommand(spec.verbose());
            }
          };
      statistics.give(instance.metrics());
      return code;
    }
  }

  /** The guest shuts down by itself after a command; only a disk that is kept needs the wait. */
  private static void awaitShutdown(Instance instance) throws InterruptedException {
    if (instance.awaitStop(SHUTDOWN) == null) {
      Words.say("the machine did not shut down within 3 minutes and was switched off");
    }
  }

  private int runConsole() throws InterruptedException {
    try (Instance instance = host.build(spec, List.of(), "");
        Ending ending = new Ending(instance)) {
      instance.showConsole(output);
      if (tty) {
        ending.makeRaw();
      }
      if (interactive || tty) {
        startTyping(instance, ending);
      }
      trace.follow(instance);
      instance.start();
      StopReason reason = instance.awaitStop();
      instance.awaitConsoleWritten();
      ending.restoreTerminal();
      statistics.give(instance.metrics());
      traceBug(reason);
      return new MachineEndCode(MachineEnd.of(reason, true, instance.lastConsoleLines()))
          .ofConsole(ending.detached());
    }
  }

  private static void traceBug(StopReason reason) {
    if (reason instanceof StopReason.MonitorFailed failed) {
      Words.trace(failed.cause());
    }
  }

  /** What is typed here goes to the serial console; Ctrl-] of a terminal ends the machine. */
  private void startTyping(Instance instance, Ending ending) {
    // A read of standard input may wait for ever, and nothing can interrupt it.
    Thread.ofPlatform().daemon().name("console input").start(() -> type(instance, ending));
  }

  private void type(Instance instance, Ending ending) {
    byte[] keys = new byte[1024];
    try {
      int count = input.read(keys);
      while (count >= 0) {
        int end = tty ? DetachKey.keysBefore(keys, count) : count;
        boolean goOn = instance.type(keys, 0, end);
        if (end < count) {
          ending.detach();
        }
        if (!goOn || end < count) {
          return;
        }
        count = input.read(keys);
      }
    } catch (IOException e) {
      // Nobody types any more.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
