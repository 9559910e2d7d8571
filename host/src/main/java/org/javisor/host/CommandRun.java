package org.javisor.host;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.javisor.machine.StopReason;
import org.javisor.virtio.console.PortConfiguration;
import org.javisor.virtio.console.StreamPort;
import org.jspecify.annotations.Nullable;

/**
 * The host's side of the command protocol: one command in one machine, over named ports.
 *
 * <pre>
 *   org.javisor.command  host to guest: a POSIX shell script that becomes the command, then an end
 *   org.javisor.stdin    host to guest: the command's standard input; its end is the port's
 *   org.javisor.stdout   guest to host: the command's standard output, byte for byte
 *   org.javisor.stderr   guest to host: the same for standard error
 *   org.javisor.status   guest to host: lines: "ready" before the command, "exit N" after it
 * </pre>
 *
 * The word {@code javisor.command=1} on the kernel command line asks the guest to take part, and
 * {@code javisor.tty=1} to run the command on the serial console instead of the three byte streams.
 * Every stream has back-pressure in both directions: a slow reader here makes the guest wait.
 */
public final class CommandRun implements AutoCloseable {
  /** How a run came to its end. */
  public sealed interface Outcome {
    /**
     * The command ended.
     *
     * @param code its exit code, 0 to 255
     */
    record Exited(int code) implements Outcome {}

    /**
     * The machine ended first.
     *
     * @param reason how
     * @param ready whether the guest had begun with the command
     */
    record MachineEnded(StopReason reason, boolean ready) implements Outcome {}

    /** Whoever read the command's output has gone, so the rest of it has no meaning. */
    record OutputGone() implements Outcome {}
  }

  /** The host's ends of the command's standard streams; none is closed by the run. */
  public record Streams(InputStream input, OutputStream output, OutputStream error) {}

  /**
   * How long output of what the command left running in the background is waited for once it is
   * quiet. Output of the command itself needs no such patience: its end is seen.
   */
  private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);

  private static final int MAX_STATUS_LINE = 64;

  private final GuestCommand command;
  private final Streams streams;
  private final StreamPort commandPort = new StreamPort();
  private final StreamPort statusPort = new StreamPort();
  private final StreamPort inputPort = new StreamPort();
  private final OutputFlow output;
  private final OutputFlow error;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean ready;
  private boolean outputGone;
  private boolean closed;
  private boolean statusEnded;
  private long lastOutput = System.nanoTime();
  private @Nullable Integer exitCode;
  private @Nullable StopReason stopReason;
  private Runnable whenReady = () -> {};

  /** A run of a command; {@code streams} are not used if it runs on the serial console. */
  public CommandRun(GuestCommand command, Streams streams) {
    this.command = command;
    this.streams = streams;
    output = new OutputFlow(streams.output());
    error = new OutputFlow(streams.error());
  }

  /** What the machine's console device needs for this. */
  public List<PortConfiguration> ports() {
    List<PortConfiguration> ports = new ArrayList<>();
    ports.add(PortConfiguration.channel("org.javisor.command", commandPort));
    if (!command.terminal()) {
      ports.add(PortConfiguration.channel("org.javisor.stdin", inputPort));
      ports.add(PortConfiguration.channel("org.javisor.stdout", output.port));
      ports.add(PortConfiguration.channel("org.javisor.stderr", error.port));
    }
    // Last: when the guest has found this one, the others are there too.
    ports.add(PortConfiguration.channel("org.javisor.status", statusPort));
    return ports;
  }

  /**
   * What the kernel command line needs for this. A kernel that panics asks for a reset at once,
   * which the machine of a single command takes for its end.
   */
  public String bootWords() {
    String words = "panic=-1 javisor.command=1";
    return command.terminal() ? words + " javisor.tty=1" : words;
  }

  /** Run once when the guest says that the command begins; set before {@link #await}. */
  public void whenReady(Runnable action) {
    whenReady = action;
  }

  /**
   * Serves a machine that has been started, until the command or the machine ends. All output of
   * the command has been written when this returns.
   *
   * @throws InterruptedException if interrupted; the run is over then
   */
  public Outcome await(Instance instance) throws InterruptedException {
    Thread.ofVirtual().name("machine end").start(() -> awaitStop(instance));
    Thread.ofVirtual().name("command status").start(this::readStatus);
    Thread.ofVirtual().name("command script").start(this::writeScript);
    if (!command.terminal()) {
      Thread.ofVirtual().name("command output").start(output::copy);
      Thread.ofVirtual().name("command error").start(error::copy);
    }
    lock.lockInterruptibly();
    try {
      // A machine that switches itself off at once may have said the exit code before.
      while (exitCode == null && !(stopReason != null && statusEnded) && !outputGone) {
        changed.await();
      }
      awaitOutput();
      if (outputGone) {
        return new Outcome.OutputGone();
      }
      return exitCode != null
          ? new Outcome.Exited(exitCode)
          : new Outcome.MachineEnded(Objects.requireNonNull(stopReason), ready);
    } finally {
      lock.unlock();
    }
  }

  /** With the lock held: waits for the end of both outputs, or for quiet if they stay open. */
  private void awaitOutput() throws InterruptedException {
    if (command.terminal()) {
      return;
    }
    lastOutput = System.nanoTime();
    while (!outputGone && !(output.ended && error.ended)) {
      long left = QUIET_NANOS - (System.nanoTime() - lastOutput);
      if (left <= 0 && !output.writing && !error.writing) {
        return;
      }
      changed.awaitNanos(Math.max(left, TimeUnit.MILLISECONDS.toNanos(1)));
    }
  }

  private void awaitStop(Instance instance) {
    try {
      StopReason reason = instance.awaitStop();
      close();
      change(() -> stopReason = reason);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void writeScript() {
    try (OutputStream script = commandPort.input()) {
      script.write(command.script());
    } catch (IOException e) {
      // The machine is gone, which await sees by itself.
    }
  }

  private void readStatus() {
    readStatusLines();
    change(() -> statusEnded = true);
  }

  private void readStatusLines() {
    // A guest that opens and closes the port again and again gives an end of file each time.
    while (!isOver()) {
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(new OnlyRead(statusPort.output()), StandardCharsets.US_ASCII),
              MAX_STATUS_LINE)) {
        String line = boundedLine(lines);
        while (line != null) {
          status(line.strip());
          line = boundedLine(lines);
        }
      } catch (IOException e) {
        return;
      }
    }
  }

  /** A line cut at a fixed length, so that a hostile guest cannot make it grow; null at the end. */
  private static @Nullable String boundedLine(BufferedReader lines) throws IOException {
    StringBuilder line = new StringBuilder();
    int c = lines.read();
    if (c < 0) {
      return null;
    }
    while (c >= 0 && c != '\n') {
      if (line.length() < MAX_STATUS_LINE) {
        line.append((char) c);
      }
      c = lines.read();
    }
    return line.toString();
  }

  private void status(String line) {
    if (line.equals("ready")) {
      boolean[] first = new boolean[1];
      change(
          () -> {
            first[0] = !ready;
            ready = true;
          });
      if (first[0]) {
        whenReady.run();
        if (!command.terminal()) {
          // A read of standard input may wait for ever, and nothing can interrupt it.
          Thread.ofPlatform().daemon().name("command input").start(this::copyInput);
        }
      }
    } else if (line.matches("exit [0-9]{1,3}")) {
      int code = Integer.parseInt(line.substring("exit ".length())) & 0xff;
      change(() -> exitCode = exitCode == null ? Integer.valueOf(code) : exitCode);
    }
  }

  private void copyInput() {
    try (OutputStream guest = inputPort.input()) {
      streams.input().transferTo(guest);
    } catch (IOException e) {
      // Our input cannot be read, or the guest is gone: either way the guest sees an end.
    }
  }

  private boolean isOver() {
    lock.lock();
    try {
      return exitCode != null || stopReason != null || closed;
    } finally {
      lock.unlock();
    }
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Ends all streams to the guest. */
  @Override
  public void close() {
    change(() -> closed = true);
    commandPort.close();
    statusPort.close();
    inputPort.close();
    output.port.close();
    error.port.close();
  }

  /** One output of the command on its way to a stream here. */
  private final class OutputFlow {
    private final StreamPort port = new StreamPort();
    private final OutputStream target;

    /** Both guarded by the run's lock. */
    private boolean ended;

    private boolean writing;

    OutputFlow(OutputStream target) {
      this.target = target;
    }

    void copy() {
      InputStream source = new OnlyRead(port.output());
      byte[] part = new byte[32 * 1024];
      try {
        while (true) {
          int count = source.read(part);
          if (count < 0) {
            change(() -> ended = true);
            if (isOver()) {
              return;
            }
            continue;
          }
          change(
              () -> {
                ended = false;
                writing = true;
              });
          target.write(part, 0, count);
          target.flush();
          change(
              () -> {
                writing = false;
                lastOutput = System.nanoTime();
              });
        }
      } catch (IOException e) {
        change(() -> outputGone = true);
      }
    }
  }

  /** A port's output without the meaning that closing has there: abandoning the rest. */
  private static final class OnlyRead extends InputStream {
    private final InputStream source;

    OnlyRead(InputStream source) {
      this.source = source;
    }

    @Override
    public int read() throws IOException {
      return source.read();
    }

    @Override
    public int read(byte[] destination, int offset, int length) throws IOException {
      return source.read(destination, offset, length);
    }
  }
}
