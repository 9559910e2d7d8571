package org.javisor.server.http;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the work for callers from slowing the machines of this process: who asks without pause
 * waits for his answers, so that they take a small share of the processors. Ordinary use is far
 * below it: half a second of work passes at once, and where no machine runs, all of it does.
 *
 * <p>Each caller has a share of his own, so one who floods the API does not delay the others; his
 * own requests stand in line, in the order in which they came. Waiting takes nothing but a virtual
 * thread.
 */
public final class Pacing {
  /** The part of all processors that the work for one caller may take. */
  private static final double PART = 0.1;

  private static final long BURST = TimeUnit.MILLISECONDS.toNanos(500);

  /** How soon one who waits notices that there is nobody any more for whom he has to. */
  private static final long LONGEST_WAIT = TimeUnit.MILLISECONDS.toNanos(100);

  /**
   * The most that a request is taken to cost. One that waits lets its carrier work for others, and
   * what that used cannot be told apart.
   */
  private static final long MOST = TimeUnit.MILLISECONDS.toNanos(20);

  /** What one costs at least, and one that has waited is taken to cost. */
  private static final long LEAST = TimeUnit.MICROSECONDS.toNanos(100);

  private static final class Line {
    final ReentrantLock turn = new ReentrantLock(true);
    final WorkAccount account =
        new WorkAccount(
            PART * Runtime.getRuntime().availableProcessors(), BURST, System.nanoTime());
  }

  /** One for each certificate that was ever trusted, one for strangers and one for this host. */
  private final ConcurrentHashMap<String, Line> lines = new ConcurrentHashMap<>();

  private final BooleanSupplier wanted;

  /**
   * Paces while it is wanted.
   *
   * @param wanted whether there is a machine to be kept from being slowed
   */
  public Pacing(BooleanSupplier wanted) {
    this.wanted = wanted;
  }

  /** A request whose work is done now, in the thread that began it. */
  static final class Work implements AutoCloseable {
    private final WorkAccount account;
    private final long assumed;
    private final ProcessorTime start = ProcessorTime.now();
    private @Nullable ProcessorTime end;

    private Work(WorkAccount account) {
      this.account = account;
      assumed = account.begin();
    }

    /** From here on it waits for something, which costs nothing. */
    void waits() {
      end = ProcessorTime.now();
    }

    @Override
    public void close() {
      ProcessorTime last = end == null ? ProcessorTime.now() : end;
      long cost = last.carrier() == start.carrier() ? last.nanos() - start.nanos() : 0;
      account.end(assumed, Math.clamp(cost, LEAST, MOST));
    }
  }

  /** Waits until the caller may have work done for him. */
  Work begin(Caller caller) throws InterruptedException {
    String name =
        caller.local() ? "local" : caller.trusted() ? caller.fingerprint().orElse("") : "";
    Line line = lines.computeIfAbsent(name, _ -> new Line());
    line.turn.lockInterruptibly();
    try {
      long wait = line.account.nanosToWait(System.nanoTime());
      while (wait > 0 && wanted.getAsBoolean()) {
        TimeUnit.NANOSECONDS.sleep(Math.min(wait, LONGEST_WAIT));
        wait = line.account.nanosToWait(System.nanoTime());
      }
      return new Work(line.account);
    } finally {
      line.turn.unlock();
    }
  }
}
