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
import org.javisor.host.MachineSpec;
import org.javisor.machine.StopReason;

/** One machine in front of one person: standard streams, terminal, signals, exit code. */
final class MachineSession {
  /** What a process gets that writes to a closed pipe: 128 + SIGPIPE, as a shell reports it. */
  private static final int OUTPUT_GONE = 141;

  /** How long a machine with a kept disk has to shut down after its command. */
  private static final Duration SHUTDOWN = Duration.ofMinutes(3);

  private static final int DETACH_KEY = 0x1d; // Ctrl-]

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
            case CommandRun.Outcome.OutputGone gone -> OUTPUT_GONE;
            case CommandRun.Outcome.MachineEnded ended -> {
              ending.restoreTerminal();
              yield machineEnded(instance, ended);
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

  private int machineEnded(Instance instance, CommandRun.Outcome.MachineEnded ended) {
    boolean inOrder = ended.reason() instanceof StopReason.PoweredOff;
    if (inOrder && ended.ready()) {
      // The command's own doing, most likely: it was "poweroff".
      return ExitCode.DONE;
    }
    if (ended.reason() instanceof StopReason.Killed) {
      return ExitCode.INTERRUPTED;
    }
    Words.say(
        "the machine "
            + how(ended.reason())
            + (ended.ready() ? " before the command had ended" : " before the command could run"));
    showLastLines(instance);
    return failed(ended.reason());
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
      return switch (reason) {
        case StopReason.PoweredOff off -> ExitCode.DONE;
        case StopReason.Killed killed -> ending.detached() ? ExitCode.DONE : ExitCode.INTERRUPTED;
        default -> {
          Words.say("the machine " + how(reason));
          yield failed(reason);
        }
      };
    }
  }

  private static String how(StopReason reason) {
    return switch (reason) {
      case StopReason.PoweredOff off -> "was switched off";
      case StopReason.GuestFailed failed -> "switched itself off and said that it had failed";
      case StopReason.GuestReset reset -> "restarted";
      case StopReason.Killed killed -> "was ended";
      case StopReason.MonitorFailed failed -> "failed by a bug in javisor: " + failed.cause();
    };
  }

  private static int failed(StopReason reason) {
    if (reason instanceof StopReason.MonitorFailed failed) {
      Words.trace(failed.cause());
    }
    return ExitCode.FAILED;
  }

  private void showLastLines(Instance instance) {
    if (spec.verbose()) {
      return;
    }
    List<String> lines = instance.lastConsoleLines();
    if (lines.isEmpty()) {
      Words.say("it wrote nothing to its console");
      return;
    }
    Words.say("the last lines of its console:");
    lines.forEach(line -> System.err.println("  " + line));
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
        int detach = tty ? indexOfDetach(keys, count) : -1;
        boolean goOn = instance.type(keys, 0, detach >= 0 ? detach : count);
        if (detach >= 0) {
          ending.detach();
        }
        if (!goOn || detach >= 0) {
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

  private static int indexOfDetach(byte[] keys, int count) {
    for (int i = 0; i < count; i++) {
      if (keys[i] == DETACH_KEY) {
        return i;
      }
    }
    return -1;
  }
}
