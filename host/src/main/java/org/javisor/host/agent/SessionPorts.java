package org.javisor.host.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.javisor.virtio.console.PortConfiguration;
import org.javisor.virtio.console.StreamPort;

/**
 * The ports that carry the streams of commands: sets of three for streams of bytes, and terminals.
 * A set is plugged into the machine when it is first needed, and used again by later commands; who
 * comes when all are in use waits.
 */
final class SessionPorts {
  private static final int STREAM_SETS = 10;
  private static final int TERMINALS = 6;

  /** The agent's own port is the machine's first. */
  private static final int FIRST_ID = 1;

  private final List<Streams> streams = new ArrayList<>();
  private final List<Terminal> terminals = new ArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** Ports for one command. */
  sealed interface PortSet {
    /** Where the guest reads. */
    StreamPort input();

    /** Whether it serves a command. */
    Use use();

    /** The ports in the order of their ids. */
    List<StreamPort> ports();
  }

  /** Whether a set serves a command; guarded by the lock. */
  static final class Use {
    private boolean taken;

    /** Whether the guest has had it open since it was taken. */
    private boolean opened;
  }

  /**
   * Three streams.
   *
   * @param id the first port's id; the others follow
   */
  record Streams(int id, StreamPort input, StreamPort output, StreamPort error, Use use)
      implements PortSet {
    @Override
    public List<StreamPort> ports() {
      return List.of(input, output, error);
    }
  }

  /**
   * A terminal, and a port that is open as long as its command runs.
   *
   * @param id the id of that port
   * @param number which of the guest's virtual consoles it is, {@code /dev/hvcN}
   */
  record Terminal(int id, int number, StreamPort tty, StreamPort last, Use use) implements PortSet {
    @Override
    public StreamPort input() {
      return tty;
    }

    @Override
    public List<StreamPort> ports() {
      return List.of(last, tty);
    }
  }

  SessionPorts() {
    int id = FIRST_ID;
    for (int i = 0; i < STREAM_SETS; i++) {
      streams.add(new Streams(id, channel(), channel(), channel(), new Use()));
      id += 3;
    }
    for (int i = 0; i < TERMINALS; i++) {
      StreamPort tty = StreamPort.unplugged(StreamPort.Overflow.DISCARD_OLDEST);
      terminals.add(new Terminal(id, i, tty, channel(), new Use()));
      id += 2;
    }
    for (PortSet set : all()) {
      set.ports().forEach(port -> port.onGuestChange(() -> guestChanged(set)));
    }
  }

  private static StreamPort channel() {
    return StreamPort.unplugged(StreamPort.Overflow.BLOCK);
  }

  private List<PortSet> all() {
    List<PortSet> all = new ArrayList<>(streams);
    all.addAll(terminals);
    return all;
  }

  /** What the machine is built with, in the order of the ids. */
  List<PortConfiguration> configurations() {
    List<PortConfiguration> ports = new ArrayList<>();
    for (int i = 0; i < streams.size(); i++) {
      Streams set = streams.get(i);
      String name = "org.javisor.exec." + i;
      ports.add(PortConfiguration.channel(name + ".in", set.input));
      ports.add(PortConfiguration.channel(name + ".out", set.output));
      ports.add(PortConfiguration.channel(name + ".err", set.error));
    }
    for (Terminal set : terminals) {
      String name = "org.javisor.terminal." + set.number;
      ports.add(PortConfiguration.channel(name + ".end", set.last));
      ports.add(PortConfiguration.console(name, set.tty));
    }
    return ports;
  }

  /** Takes a set of three streams, waiting for one. */
  Streams takeStreams(Duration timeout) throws AgentException.TimedOut, InterruptedException {
    return take(streams, timeout);
  }

  /** Takes a terminal, waiting for one. */
  Terminal takeTerminal(Duration timeout) throws AgentException.TimedOut, InterruptedException {
    return take(terminals, timeout);
  }

  private <T extends PortSet> T take(List<T> sets, Duration timeout)
      throws AgentException.TimedOut, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    lock.lockInterruptibly();
    try {
      await(
          () -> sets.stream().anyMatch(SessionPorts::free),
          deadline,
          "all ports for commands in the machine are in use");
      T set = sets.stream().filter(SessionPorts::free).findFirst().orElseThrow();
      set.use().taken = true;
      set.use().opened = false;
      set.ports().forEach(StreamPort::restart);
      boolean usable = false;
      try {
        // Those below first: a terminal's number in the guest is the order of its coming.
        for (T upToThis : sets.subList(0, sets.indexOf(set) + 1)) {
          upToThis.ports().forEach(StreamPort::plug);
        }
        await(
            () -> set.ports().stream().allMatch(StreamPort::guestReady),
            deadline,
            "the machine has not taken a port for the command into use");
        usable = true;
        return set;
      } finally {
        if (!usable) {
          set.use().taken = false;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void await(BooleanSupplier condition, long deadline, String what)
      throws AgentException.TimedOut, InterruptedException {
    while (!condition.getAsBoolean()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new AgentException.TimedOut(what);
      }
      changed.awaitNanos(left);
    }
  }

  private static boolean free(PortSet set) {
    return !set.use().taken && !openInGuest(set);
  }

  /** Consoles are open always. */
  private static boolean openInGuest(PortSet set) {
    return switch (set) {
      case Streams three -> three.ports().stream().anyMatch(StreamPort::guestOpen);
      case Terminal terminal -> terminal.last.guestOpen();
    };
  }

  /** Waits until the guest has opened and closed the ports of a set; whether it has. */
  boolean awaitClosed(PortSet set, long nanos) throws InterruptedException {
    long deadline = System.nanoTime() + nanos;
    lock.lockInterruptibly();
    try {
      while (!set.use().opened || openInGuest(set)) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        changed.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** The command has ended; what it left behind in the guest may still hold the ports. */
  void giveBack(PortSet set) {
    lock.lock();
    try {
      set.use().taken = false;
      discard(set);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static void discard(PortSet set) {
    try {
      for (StreamPort port : set.ports()) {
        // An end of input for a console would hang it up for good.
        if (!(set instanceof Terminal terminal && port == terminal.tty)) {
          port.input().close();
        }
        port.output().close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void guestChanged(PortSet set) {
    lock.lock();
    try {
      set.use().opened |= openInGuest(set);
      // Programs that had it open when the machine was saved: nobody here knows them.
      if (!set.use().taken && openInGuest(set)) {
        discard(set);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The machine is gone. */
  void close() {
    all().forEach(set -> set.ports().forEach(StreamPort::close));
  }
}
