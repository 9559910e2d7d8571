package org.javisor.network.ethernet;

import java.util.function.LongSupplier;

/**
 * A limit on a rate that lets bursts pass (RFC 2697 calls it a committed rate and burst). Safe from
 * any thread; nobody waits in it.
 */
public final class TokenBucket {
  private static final double NANOS = 1e9;

  private final double perNano;
  private final double capacity;
  private final LongSupplier nanoTime;
  private double tokens;
  private long filled;

  /**
   * A full bucket.
   *
   * @param perSecond tokens that come in a second, more than zero
   * @param capacity the most tokens it holds, at least one
   * @param nanoTime a monotonic clock
   */
  public TokenBucket(long perSecond, long capacity, LongSupplier nanoTime) {
    if (perSecond <= 0 || capacity <= 0) {
      throw new IllegalArgumentException("rate " + perSecond + "/s, burst " + capacity);
    }
    this.perNano = perSecond / NANOS;
    this.capacity = capacity;
    this.nanoTime = nanoTime;
    this.tokens = capacity;
    this.filled = nanoTime.getAsLong();
  }

  /**
   * Takes tokens if there are any. A frame of more bytes than are left passes and is paid for
   * later: so does one that is larger than the bucket.
   *
   * @return false if there was none left
   */
  public boolean take(int count) {
    return nanosToWait(count) == 0;
  }

  /**
   * The same for who can wait.
   *
   * @return 0 if the tokens were taken; otherwise nanoseconds after which there is one
   */
  public synchronized long nanosToWait(int count) {
    long now = nanoTime.getAsLong();
    tokens = Math.min(capacity, tokens + (now - filled) * perNano);
    filled = now;
    if (tokens <= 0) {
      return 1 + (long) (-tokens / perNano);
    }
    tokens -= count;
    return 0;
  }
}
