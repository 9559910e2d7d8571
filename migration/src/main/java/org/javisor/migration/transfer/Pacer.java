package org.javisor.migration.transfer;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Keeps a sender to a bandwidth. */
public final class Pacer {
  /** What may be sent at once; more would be a burst that others feel. */
  private static final long LATENESS_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final double bytesPerNano;
  private final LongSupplier clock;
  private long free;

  /**
   * To this bandwidth.
   *
   * @param bytesPerSecond 0 for as much as there is
   */
  public Pacer(long bytesPerSecond) {
    this(bytesPerSecond, System::nanoTime);
  }

  Pacer(long bytesPerSecond, LongSupplier clock) {
    bytesPerNano = bytesPerSecond / 1e9;
    this.clock = clock;
    free = clock.getAsLong();
  }

  /** Waits until so many bytes may be sent. */
  public void await(long bytes) throws InterruptedException {
    if (bytesPerNano == 0) {
      return;
    }
    long now = clock.getAsLong();
    // Time in which nothing was sent is lost.
    free = Math.max(free, now - LATENESS_NANOS) + (long) (bytes / bytesPerNano);
    if (free > now) {
      TimeUnit.NANOSECONDS.sleep(free - now);
    }
  }
}
