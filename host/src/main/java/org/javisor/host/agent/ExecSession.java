package org.javisor.host.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.javisor.host.TerminalSize;
import org.javisor.virtio.console.StreamPort;
import org.jspecify.annotations.Nullable;

/**
 * A command in the guest with its streams. All of them have back-pressure in both directions, but
 * for the output of a terminal, which forgets the oldest if nobody reads it. Safe from any thread.
 */
public final class ExecSession implements AutoCloseable {
  private static final long FIRST_PATIENCE = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long LAST_PATIENCE = TimeUnit.SECONDS.toNanos(2);

  /** How long output of what the command left in the background is waited for. */
  private static final long QUIET = TimeUnit.MILLISECONDS.toNanos(500);

  private static final int KILL = 9;

  private final GuestAgent agent;
  private final SessionPorts pool;
  private final SessionPorts.PortSet ports;
  private final long processGroup;
  private final Output output;
  private final @Nullable Output error;
  private final OutputStream input;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable ExitStatus status;
  private @Nullable IOException failure;
  private long lastOutput = System.nanoTime();
  private int openOutputs;
  private boolean over;
  private boolean givenBack;
  private long closedPatience = TimeUnit.MILLISECONDS.toNanos(2);

  ExecSession(GuestAgent agent, SessionPorts pool, SessionPorts.PortSet ports, long processGroup) {
    this.agent = agent;
    this.pool = pool;
    this.ports = ports;
    this.processGroup = processGroup;
    this.input = ports.input().input();
    switch (ports) {
      case SessionPorts.Streams streams -> {
        openOutputs = 2;
        output = new Output(streams.output());
        error = new Output(streams.error());
      }
      case SessionPorts.Terminal terminal -> {
        openOutputs = 1;
        output = new Output(terminal.tty());
        error = null;
      }
    }
    Thread.ofVirtual().name("command in guest").start(this::awaitExit);
  }

  /**
   * The command's standard input. A write waits while the command does not read; closing it is the
   * end of input. On a terminal closing types Ctrl-D.
   */
  public OutputStream stdin() {
    return ports instanceof SessionPorts.Terminal ? new Keyboard() : input;
  }

  /** The command's standard output, or all that appears on its terminal. */
  public InputStream stdout() {
    return output;
  }

  /** The command's standard error; empty if it has a terminal. */
  public InputStream stderr() {
    return error == null ? InputStream.nullInputStream() : error;
  }

  /** The id, in the guest, of the process that is the command, and of its process group. */
  public long processId() {
    return processGroup;
  }

  /**
   * Gives the terminal another size; the command is told. Nothing happens without a terminal.
   *
   * @throws AgentException if the guest does not do it
   */
  public void resize(TerminalSize size) throws AgentException, InterruptedException {
    if (ports instanceof SessionPorts.Terminal terminal && !ended()) {
      agent.resize(terminal.number(), size);
    }
  }

  /**
   * Sends a signal to the command and what it has started; nothing if it has ended.
   *
   * @param number of the signal in Linux, 1 to 64
   * @throws AgentException if the guest does not do it
   */
  public void signal(int number) throws AgentException, InterruptedException {
    if (number < 1 || number > 64) {
      throw new IllegalArgumentException("signal " + number);
    }
    if (!ended()) {
      agent.signal(processGroup, number);
    }
  }

  private boolean ended() {
    lock.lock();
    try {
      return status != null || failure != null;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the command's end. Its output can still be read then.
   *
   * @throws AgentException if the machine or its agent ends before it
   */
  public ExitStatus await() throws AgentException, InterruptedException {
    ExitStatus known = await(Duration.ofDays(10_000));
    return known == null ? new ExitStatus.Signalled(KILL) : known;
  }

  /** Waits for the command's end, at most so long; null if it has not ended. */
  public @Nullable ExitStatus await(Duration timeout) throws AgentException, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    lock.lockInterruptibly();
    try {
      while (status == null && failure == null) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return null;
        }
        changed.awaitNanos(left);
      }
      if (status == null) {
        throw new AgentException.Absent(
            "it is not known how the command ended: "
                + (failure == null ? "" : failure.getMessage()));
      }
      return status;
    } finally {
      lock.unlock();
    }
  }

  /** Kills the command if it is still running; unread output is lost. */
  @Override
  public void close() {
    if (!ended()) {
      Thread.ofVirtual().name("end of command").start(this::kill);
    }
    output.close();
    if (error != null) {
      error.close();
    }
  }

  private void kill() {
    try {
      agent.signal(processGroup, KILL);
    } catch (AgentException e) {
      // The machine is gone, or its agent; so is what could be done.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Asks for the exit when the ports are closed, and now and then while something has them open.
   */
  private void awaitExit() {
    long patience = FIRST_PATIENCE;
    try {
      while (true) {
        boolean closed = pool.awaitClosed(ports, patience);
        ExitStatus now = agent.statusOf(processGroup);
        if (now != null) {
          finish(now, null);
          break;
        }
        if (closed) {
          // The process ends a moment after its streams, unless it has closed them itself.
          TimeUnit.NANOSECONDS.sleep(closedPatience);
          closedPatience = Math.min(LAST_PATIENCE, closedPatience * 2);
        } else {
          patience = Math.min(LAST_PATIENCE, patience * 2);
        }
      }
      awaitQuiet();
    } catch (AgentException e) {
      finish(null, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // What has been written can still be read.
    endOutputs();
    change(() -> over = true);
  }

  private void awaitQuiet() throws InterruptedException {
    if (ports instanceof SessionPorts.Terminal) {
      return;
    }
    while (!pool.awaitClosed(ports, QUIET)) {
      lock.lock();
      try {
        if (System.nanoTime() - lastOutput > QUIET) {
          return;
        }
      } finally {
        lock.unlock();
      }
    }
  }

  private void endOutputs() {
    output.port.endOutput();
    if (error != null) {
      error.port.endOutput();
    }
  }

  private void finish(@Nullable ExitStatus how, @Nullable IOException why) {
    change(
        () -> {
          status = how;
          failure = why;
        });
  }

  private void change(Runnable change) {
    boolean all;
    lock.lock();
    try {
      change.run();
      changed.signalAll();
      all = over && openOutputs == 0 && !givenBack;
      givenBack |= all;
    } finally {
      lock.unlock();
    }
    if (all) {
      pool.giveBack(ports);
    }
  }

  /** One output: a port's up to its first end. */
  private final class Output extends InputStream {
    private final StreamPort port;
    private final InputStream source;
    private boolean ended;

    Output(StreamPort port) {
      this.port = port;
      this.source = port.output();
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] destination, int start, int length) throws IOException {
      if (isEnded()) {
        return -1;
      }
      int count = source.read(destination, start, length);
      if (count < 0) {
        end();
      } else {
        change(() -> lastOutput = System.nanoTime());
      }
      return count;
    }

    @Override
    public int available() throws IOException {
      return isEnded() ? 0 : source.available();
    }

    private boolean isEnded() {
      lock.lock();
      try {
        return ended;
      } finally {
        lock.unlock();
      }
    }

    private void end() {
      change(
          () -> {
            openOutputs -= ended ? 0 : 1;
            ended = true;
          });
    }

    /** Gives up what has not been read, and what is still to come. */
    @Override
    public void close() {
      if (!isEnded()) {
        try {
          source.close();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        end();
      }
    }
  }

  /** Input of a terminal, whose port stays connected. */
  private final class Keyboard extends OutputStream {
    private static final int END_OF_TRANSMISSION = 4;

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int start, int length) throws IOException {
      if (ended()) {
        throw new IOException("the command has ended");
      }
      input.write(source, start, length);
    }

    @Override
    public void close() throws IOException {
      if (!ended()) {
        input.write(END_OF_TRANSMISSION);
      }
    }
  }
}
