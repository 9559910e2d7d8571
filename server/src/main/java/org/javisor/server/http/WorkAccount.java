package org.javisor.server.http;

/**
 * What one caller's work has taken, against a share of time that it may take: a token bucket kept
 * as the moment at which all that was taken is paid for. What a request will take is not known when
 * it begins; until it ends, what the caller's last ones took stands for it. Safe from any thread.
 */
final class WorkAccount {
  /** What the next request is expected to take changes by this part of the difference. */
  private static final double ADAPTION = 0.125;

  private final double share;
  private final long burst;
  private double expected;
  private long paid;

  /**
   * An account of a caller who has taken nothing for long.
   *
   * @param share nanoseconds of work for each nanosecond, more than zero
   * @param burst nanoseconds of work that may be taken at once after a pause
   * @param now of a monotonic clock
   */
  WorkAccount(double share, long burst, long now) {
    this.share = share;
    this.burst = (long) (burst / share);
    this.paid = now - this.burst;
  }

  /** Nanoseconds until all is paid for, and work may begin; 0 or less: now. */
  synchronized long nanosToWait(long now) {
    if (paid < now - burst) {
      paid = now - burst;
    }
    return paid - now;
  }

  /** Work begins; what it is taken to cost for now, in nanoseconds. */
  synchronized long begin() {
    long cost = (long) expected;
    paid += (long) (cost / share);
    return cost;
  }

  /** Work that was taken to cost so much has ended, and has cost so much. */
  synchronized void end(long assumed, long cost) {
    paid += (long) ((cost - assumed) / share);
    expected += (cost - expected) * ADAPTION;
  }
}
