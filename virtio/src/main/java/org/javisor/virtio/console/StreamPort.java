package org.javisor.virtio.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.javisor.machine.ByteRing;

/**
 * A host's end with blocking streams over bounded buffers: a writer waits while the guest does not
 * read, and the guest waits while nobody reads here. All methods are safe from any thread.
 */
public final class StreamPort implements PortBackend, AutoCloseable {
  /** What happens to output of the guest when the buffer is full. */
  public enum Overflow {
    /** The guest waits. */
    BLOCK,
    /** The oldest output is forgotten: for terminals, whose driver cannot wait. */
    DISCARD_OLDEST
  }

  private static final int CAPACITY = 64 * 1024;

  private final Overflow overflow;
  private final ByteRing output = new ByteRing(CAPACITY);
  private final ByteRing input = new ByteRing(CAPACITY);
  private Runnable wake = () -> {};
  private boolean outputBlocked;
  private boolean outputAbandoned;
  private boolean inputEnded;
  private boolean guestOpen;
  private boolean closed;

  private boolean plugged = true;
  private boolean guestReady;
  private Runnable guestChange = () -> {};

  /** Ends of file the guest has caused by closing the port that no reader has seen yet: 0 or 1. */
  private boolean endOfFile;

  /** A port that nobody has opened. */
  public StreamPort(Overflow overflow) {
    this.overflow = overflow;
  }

  /** A port whose guest waits while nobody reads its output. */
  public StreamPort() {
    this(Overflow.BLOCK);
  }

  /** A port that is not there until {@link #plug}. */
  public static StreamPort unplugged(Overflow overflow) {
    StreamPort port = new StreamPort(overflow);
    port.plugged = false;
    return port;
  }

  /** Plugs the port in, if it is not. */
  public void plug() {
    Runnable toWake;
    synchronized (this) {
      plugged = true;
      toWake = wake;
    }
    toWake.run();
  }

  /**
   * Makes the port as new for the next program of the guest: what was not read is forgotten in both
   * directions, and the host is connected again.
   */
  public void restart() {
    Runnable toWake;
    synchronized (this) {
      output.clear();
      input.clear();
      outputBlocked = false;
      outputAbandoned = false;
      inputEnded = false;
      endOfFile = false;
      toWake = wake;
    }
    toWake.run();
  }

  /**
   * An action for whenever the guest takes the port into use, opens or closes it, or the machine is
   * gone; quick, it runs on a thread of the device.
   */
  public void onGuestChange(Runnable action) {
    synchronized (this) {
      guestChange = action;
    }
  }

  /**
   * What the guest writes. A read returns -1 once each time the guest closes the port, after all
   * output before that; it may be read on, for the output of the next program that opens the port.
   * After {@link StreamPort#close} it ends for good. Closing the stream discards all output from
   * then on.
   */
  public InputStream output() {
    return new OutputReader();
  }

  /**
   * What the guest reads. A write waits while the buffer is full. Closing the stream shows the
   * guest an end of file after all that was written; see {@link PortBackend} for what that means
   * for the other direction.
   */
  public OutputStream input() {
    return new InputWriter();
  }

  /** Whether a program in the guest has the port open. */
  public synchronized boolean guestOpen() {
    return guestOpen;
  }

  /** Whether the guest has taken the port into use, so that programs there can open it. */
  public synchronized boolean guestReady() {
    return guestReady;
  }

  /** Whether {@link #close} has been called. */
  public synchronized boolean closed() {
    return closed;
  }

  /** Ends both streams: the machine is gone. What the guest has written can still be read. */
  @Override
  public void close() {
    change(
        () -> {
          closed = true;
          guestOpen = false;
        });
  }

  private void change(Runnable change) {
    Runnable tell;
    synchronized (this) {
      change.run();
      notifyAll();
      tell = guestChange;
    }
    tell.run();
  }

  @Override
  public synchronized void attach(Runnable newWake) {
    wake = newWake;
  }

  @Override
  public synchronized int write(byte[] source, int start, int length) {
    if (outputAbandoned) {
      return length;
    }
    int taken = length;
    if (overflow == Overflow.DISCARD_OLDEST) {
      int kept = Math.min(length, CAPACITY);
      output.drop(Math.max(0, kept - output.room()));
      output.put(source, start + length - kept, kept);
    } else {
      taken = output.put(source, start, length);
      outputBlocked = taken < length;
    }
    if (taken > 0) {
      notifyAll();
    }
    return taken;
  }

  @Override
  public synchronized int available() {
    return input.size() == 0 && inputEnded ? -1 : input.size();
  }

  @Override
  public synchronized int read(byte[] destination, int start, int length) {
    int count = input.take(destination, start, length);
    if (count > 0) {
      notifyAll();
    }
    return count;
  }

  @Override
  public synchronized boolean plugged() {
    return plugged;
  }

  @Override
  public void portReady(boolean ready) {
    change(
        () -> {
          guestReady = ready;
          // A restored port may be one that was plugged in before.
          plugged |= ready;
        });
  }

  @Override
  public void guestOpened() {
    change(() -> guestOpen = true);
  }

  @Override
  public void guestClosed() {
    change(
        () -> {
          guestOpen = false;
          endOfFile = true;
        });
  }

  /** Waits, with the monitor held, while the condition holds. */
  private void waitWhile(BooleanSupplier condition) throws InterruptedIOException {
    try {
      while (condition.getAsBoolean()) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the guest");
    }
  }

  private int takeOutput(byte[] destination, int start, int length) throws IOException {
    Runnable toWake = null;
    int count;
    synchronized (this) {
      waitWhile(() -> output.size() == 0 && !endOfFile && !closed && !outputAbandoned);
      if (output.size() == 0) {
        endOfFile = false;
        return -1;
      }
      count = output.take(destination, start, length);
      if (outputBlocked) {
        outputBlocked = false;
        toWake = wake;
      }
    }
    if (toWake != null) {
      toWake.run();
    }
    return count;
  }

  private int putInput(byte[] source, int start, int length) throws IOException {
    int count;
    Runnable toWake;
    synchronized (this) {
      waitWhile(() -> input.room() == 0 && !inputEnded && !closed);
      if (inputEnded || closed) {
        throw new IOException("the port is closed");
      }
      count = input.put(source, start, length);
      toWake = wake;
    }
    toWake.run();
    return count;
  }

  /**
   * Gives the guest some bytes to read, waiting at most so long for room.
   *
   * @return how many of them were taken; 0 if there was no room in time
   * @throws IOException if the port is closed
   * @throws InterruptedException if interrupted while waiting
   */
  public int offer(byte[] source, int start, int length, Duration timeout)
      throws IOException, InterruptedException {
    Objects.checkFromIndexSize(start, length, source.length);
    long deadline = System.nanoTime() + timeout.toNanos();
    int count;
    Runnable toWake;
    synchronized (this) {
      while (input.room() == 0 && !inputEnded && !closed) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
          return 0;
        }
        wait(left);
      }
      if (inputEnded || closed) {
        throw new IOException("the port is closed");
      }
      count = input.put(source, start, length);
      toWake = wake;
    }
    toWake.run();
    return count;
  }

  /** Lets the reader see an end after what the guest has written so far, as if it had closed. */
  public synchronized void endOutput() {
    endOfFile = true;
    notifyAll();
  }

  /** Forgets input that the guest has not read yet. */
  public synchronized void dropInput() {
    input.clear();
    notifyAll();
  }

  private void endInput() {
    Runnable toWake;
    synchronized (this) {
      inputEnded = true;
      notifyAll();
      toWake = wake;
    }
    toWake.run();
  }

  private void abandonOutput() {
    Runnable toWake;
    synchronized (this) {
      outputAbandoned = true;
      output.drop(output.size());
      notifyAll();
      toWake = wake;
    }
    toWake.run();
  }

  private synchronized int outputSize() {
    return output.size();
  }

  private final class OutputReader extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] destination, int start, int length) throws IOException {
      Objects.checkFromIndexSize(start, length, destination.length);
      return length == 0 ? 0 : takeOutput(destination, start, length);
    }

    @Override
    public int available() {
      return outputSize();
    }

    @Override
    public void close() {
      abandonOutput();
    }
  }

  private final class InputWriter extends OutputStream {
    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int start, int length) throws IOException {
      Objects.checkFromIndexSize(start, length, source.length);
      for (int done = 0; done < length; ) {
        done += putInput(source, start + done, length - done);
      }
    }

    @Override
    public void close() {
      endInput();
    }
  }
}
