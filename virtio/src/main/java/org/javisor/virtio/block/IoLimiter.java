package org.javisor.virtio.block;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Says when a request to a disk may begin, so that a machine stays within its {@link IoLimits}.
 * Requests of all queues stand in one line, in the order in which they were seen first. Nobody
 * waits here: the device puts the request back and comes again, and meanwhile can be paused and
 * closed as if there were no limit. All methods may be called from any thread.
 */
public final class IoLimiter {
  /** A turn that is far away is looked at again after so long: the limits may have changed. */
  private static final long LONGEST_WAIT = TimeUnit.MILLISECONDS.toNanos(100);

  private final LongSupplier clock;
  private Buckets buckets;
  private IoLimits limits;

  /** What a request uses: bytes read and bytes written. */
  record Cost(long read, long written) {}

  /** The place in the line of one worker, which has one request at a time. */
  static final class Turn {
    /** Where the request at hand has paid; null before it has. */
    private @Nullable Buckets paid;

    private long from;

    /** The request has been served: the next has to pay for itself. */
    void done() {
      paid = null;
    }
  }

  private static final class Buckets {
    final boolean unlimited;
    final TokenBucket readBytes;
    final TokenBucket readOperations;
    final TokenBucket writeBytes;
    final TokenBucket writeOperations;

    Buckets(IoLimits limits, long now) {
      long burst = limits.burst().toNanos();
      unlimited =
          (limits.readBytes()
                  | limits.readOperations()
                  | limits.writeBytes()
                  | limits.writeOperations())
              == 0;
      readBytes = new TokenBucket(limits.readBytes(), burst, now);
      readOperations = new TokenBucket(limits.readOperations(), burst, now);
      writeBytes = new TokenBucket(limits.writeBytes(), burst, now);
      writeOperations = new TokenBucket(limits.writeOperations(), burst, now);
    }

    long take(Cost cost, long now) {
      long from = now;
      if (cost.read() > 0) {
        from = later(from, readBytes.take(cost.read(), now));
        from = later(from, readOperations.take(1, now));
      }
      if (cost.read() == 0 || cost.written() > 0) {
        from = later(from, writeBytes.take(cost.written(), now));
        from = later(from, writeOperations.take(1, now));
      }
      return from;
    }

    private static long later(long one, long other) {
      return one - other > 0 ? one : other;
    }
  }

  /** A limiter by the host's own clock. */
  public IoLimiter(IoLimits limits) {
    this(limits, System::nanoTime);
  }

  IoLimiter(IoLimits limits, LongSupplier clock) {
    this.clock = clock;
    this.limits = limits;
    buckets = new Buckets(limits, clock.getAsLong());
  }

  /** The limits in force. */
  public synchronized IoLimits limits() {
    return limits;
  }

  /** Puts other limits in force, for requests that wait too. */
  public synchronized void setLimits(IoLimits other) {
    limits = other;
    buckets = new Buckets(other, clock.getAsLong());
  }

  /**
   * Asks whether a request may begin.
   *
   * @return nanoseconds after which to ask again; 0 or less: it may begin now
   */
  synchronized long nanosToWait(Turn turn, Cost cost) {
    if (buckets.unlimited) {
      return 0;
    }
    long now = clock.getAsLong();
    if (!buckets.equals(turn.paid)) {
      turn.from = buckets.take(cost, now);
      turn.paid = buckets;
    }
    return Math.min(turn.from - now, LONGEST_WAIT);
  }

  /** Runs something short after a time, on a thread that all limiters share. */
  static void later(long nanos, Runnable task) {
    CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS, Runnable::run).execute(task);
  }
}
