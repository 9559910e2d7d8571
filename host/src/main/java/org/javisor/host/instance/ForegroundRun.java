package org.javisor.host.instance;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.javisor.host.CommandRun;
import org.javisor.host.GuestCommand;
import org.javisor.host.Host;
import org.javisor.host.Instance;
import org.javisor.host.MachineEnd;
import org.javisor.host.MachineSpec;
import org.javisor.host.NetworkCard;
import org.javisor.host.ProblemException;
import org.javisor.image.Progress;
import org.javisor.machine.StopReason;
import org.javisor.virtio.console.PortConfiguration;

/**
 * A machine in front of one person: an instance that is made for one command, or for who sits at
 * its console, and is deleted at the end of that. It is the machine of {@code javisor run}: the
 * same devices, kernel command line and command protocol, and no guest agent, so it goes on neither
 * in another process nor on another host.
 */
public final class ForegroundRun {
  /**
   * Marks the instance of such a run in its configuration. A host process that has just started
   * deletes what it finds of them: whoever they were for has gone.
   */
  static final String KEY = "volatile.foreground";

  private final InstanceStore store;
  private final Optional<GuestCommand> command;
  private final boolean verbose;
  private final CommandRun.Streams streams;

  /** How a run ended. */
  public sealed interface End {
    /**
     * The command did.
     *
     * @param code its exit code, 0 to 255
     */
    record Exited(int code) implements End {}

    /** Whoever read the output has gone. */
    record OutputGone() implements End {}

    /** The machine did, before its command if it had one. */
    record MachineEnded(MachineEnd how) implements End {}
  }

  /**
   * A run that has not begun.
   *
   * @param command what to run; without one the streams are the machine's serial console
   * @param verbose whether the boot messages are wanted, on standard error
   * @param streams standard streams; input is not read before the guest is ready for it
   */
  public ForegroundRun(
      InstanceStore store,
      Optional<GuestCommand> command,
      boolean verbose,
      CommandRun.Streams streams) {
    this.store = store;
    this.command = command;
    this.verbose = verbose;
    this.streams = streams;
  }

  /** Whether an instance is there for such a run alone. */
  static boolean owns(InstanceConfig config) {
    return config.config().containsKey(KEY);
  }

  /**
   * Makes the instance, stays until the end of the run, and deletes it.
   *
   * @throws ProblemException if what is asked for is not possible
   * @throws InterruptedException if interrupted; the instance is deleted
   */
  public End run(String name, String image, InstanceConfig config) throws InterruptedException {
    Map<String, String> keys = new TreeMap<>(config.config());
    keys.put(KEY, "true");
    InstanceConfig marked =
        new InstanceConfig(
            config.version(),
            config.description(),
            true,
            config.createdAt(),
            keys,
            config.devices(),
            config.profiles(),
            false);
    HostedInstance instance = store.create(name, image, marked, Progress.NONE);
    try {
      return command.isPresent() ? runCommand(instance, command.get()) : runConsole(instance);
    } finally {
      delete(instance);
    }
  }

  private End runCommand(HostedInstance instance, GuestCommand wanted) throws InterruptedException {
    try (CommandRun run = new CommandRun(wanted, streams)) {
      if (verbose) {
        instance.console().follow(streams.error());
      }
      Instance machine =
          instance.startInForeground(
              (host, spec, card) -> {
                Instance built = build(host, spec, run.ports(), run.bootWords(), card);
                built.stopOnGuestReset();
                return built;
              });
      if (wanted.terminal()) {
        run.whenReady(
            () -> {
              instance.console().follow(streams.output());
              startTyping(machine);
            });
      }
      return switch (run.await(machine)) {
        case CommandRun.Outcome.Exited exited -> {
          machine.awaitConsoleWritten();
          yield new End.Exited(exited.code());
        }
        case CommandRun.Outcome.OutputGone gone -> new End.OutputGone();
        case CommandRun.Outcome.MachineEnded ended ->
            new End.MachineEnded(
                MachineEnd.of(ended.reason(), ended.ready(), machine.lastConsoleLines()));
      };
    }
  }

  private End runConsole(HostedInstance instance) throws InterruptedException {
    instance.console().follow(streams.output());
    Instance machine =
        instance.startInForeground((host, spec, card) -> build(host, spec, List.of(), "", card));
    startTyping(machine);
    StopReason reason = machine.awaitStop();
    machine.awaitConsoleWritten();
    return new End.MachineEnded(MachineEnd.of(reason, true, machine.lastConsoleLines()));
  }

  /** The machine that {@code run} has in a process of its own, but for where its disk is. */
  private Instance build(
      Host host, MachineSpec spec, List<PortConfiguration> ports, String words, NetworkCard card)
      throws InterruptedException {
    MachineSpec wanted =
        new MachineSpec(
            spec.boot(),
            spec.cpus(),
            spec.memory(),
            spec.diskSize(),
            spec.engine(),
            spec.append(),
            spec.name(),
            verbose);
    return host.build(wanted, ports, words, card);
  }

  private void startTyping(Instance machine) {
    Thread.ofVirtual().name("console input").start(() -> type(machine));
  }

  private void type(Instance machine) {
    byte[] keys = new byte[1024];
    try {
      int count = streams.input().read(keys);
      while (count >= 0 && machine.type(keys, 0, count)) {
        count = streams.input().read(keys);
      }
    } catch (IOException e) {
      return; // Nobody types any more.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** However often whoever runs this is interrupted, nothing is left. */
  private void delete(HostedInstance instance) {
    Thread deletion =
        Thread.ofVirtual()
            .name("end of " + instance.name())
            .start(() -> deleteNow(store, instance));
    boolean interrupted = false;
    while (deletion.isAlive()) {
      try {
        deletion.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Switches such an instance off and deletes it, if that has not been done by its end. */
  static void deleteNow(InstanceStore store, HostedInstance instance) {
    try {
      if (instance.machine().isPresent()) {
        instance.powerOff();
      }
    } catch (ProblemException e) {
      // It has ended by itself, or has not begun.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    try {
      if (store.find(instance.name()).filter(one -> one == instance).isPresent()) {
        store.delete(instance);
      }
    } catch (ProblemException e) {
      // Its end, which another thread has seen, or a person has deleted it; else it is told.
      if (store.find(instance.name()).filter(one -> one == instance).isPresent()) {
        store.warn(instance.name(), e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
