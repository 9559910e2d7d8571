package org.javisor.riscv.board.console;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.javisor.machine.ByteRing;

/**
 * A console with a bounded buffer in each direction.
 *
 * <p>What the guest writes is copied to an output stream by a virtual thread of its own; while the
 * stream blocks the buffer fills, and then devices see a console without room, as a serial line
 * with its flow stopped. What the host types waits in the input buffer; {@link #type} blocks while
 * that is full. An output stream that fails loses the output and nothing else.
 */
public final class BufferedConsole implements ConsolePort, AutoCloseable {
  /** Bytes buffered from the guest to the host. */
  public static final int OUTPUT_BYTES = 1 << 16;

  /** Bytes buffered from the host to the guest. */
  public static final int INPUT_BYTES = 1 << 12;

  private final OutputStream sink;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition outputChanged = lock.newCondition();
  private final Condition inputTaken = lock.newCondition();
  private final ByteRing output = new ByteRing(OUTPUT_BYTES);
  private final ByteRing input = new ByteRing(INPUT_BYTES);
  private boolean writing;
  private boolean refused;
  private boolean closed;

  /** A console that writes to a stream; the stream is flushed after each burst, never closed. */
  public BufferedConsole(OutputStream sink) {
    this.sink = sink;
    Thread.ofVirtual().name("console output").start(this::drain);
  }

  @Override
  public int write(byte[] source, int offset, int length) {
    lock.lock();
    try {
      if (closed) {
        return length; // Nobody reads any more; the guest is not to wait for it.
      }
      boolean wasEmpty = output.size() == 0;
      int count = output.put(source, offset, length);
      refused |= count < length;
      if (wasEmpty && count > 0) {
        outputChanged.signalAll();
      }
      return count;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read(byte[] destination, int offset, int length) {
    lock.lock();
    try {
      int count = input.take(destination, offset, length);
      if (count > 0) {
        inputTaken.signalAll();
      }
      return count;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onReady(Runnable listener) {
    listeners.add(listener);
  }

  /**
   * Types bytes to the guest; waits while the input buffer is full.
   *
   * @return false if the console was closed before all bytes were buffered
   * @throws InterruptedException if interrupted while waiting
   */
  public boolean type(byte[] source, int offset, int length) throws InterruptedException {
    int done = 0;
    while (done < length) {
      lock.lockInterruptibly();
      try {
        while (!closed && input.room() == 0) {
          inputTaken.await();
        }
        if (closed) {
          return false;
        }
        done += input.put(source, offset + done, length - done);
      } finally {
        lock.unlock();
      }
      listeners.forEach(Runnable::run);
    }
    return true;
  }

  /**
   * Waits until everything the guest has written so far is in the stream.
   *
   * @throws InterruptedException if interrupted while waiting
   */
  public void awaitWritten() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed && (output.size() > 0 || writing)) {
        outputChanged.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends the output thread; what is still buffered is lost, what follows is discarded. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      outputChanged.signalAll();
      inputTaken.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void drain() {
    byte[] burst = new byte[8192];
    boolean broken = false;
    while (true) {
      int count = nextBurst(burst);
      if (count < 0) {
        return;
      }
      if (!broken) {
        try {
          sink.write(burst, 0, count);
          sink.flush();
        } catch (IOException | RuntimeException e) {
          // Whoever read is gone; the guest goes on and its output is discarded.
          broken = true;
        }
      }
      if (written()) {
        listeners.forEach(Runnable::run);
      }
    }
  }

  private int nextBurst(byte[] burst) {
    lock.lock();
    try {
      while (!closed && output.size() == 0) {
        outputChanged.awaitUninterruptibly();
      }
      if (closed) {
        return -1;
      }
      writing = true;
      return output.take(burst, 0, burst.length);
    } finally {
      lock.unlock();
    }
  }

  /** Ends a burst; true if a device was refused and waits for room. */
  private boolean written() {
    lock.lock();
    try {
      writing = false;
      outputChanged.signalAll();
      boolean tell = refused;
      refused = false;
      return tell;
    } finally {
      lock.unlock();
    }
  }
}
