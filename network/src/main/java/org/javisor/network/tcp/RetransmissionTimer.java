package org.javisor.network.tcp;

import java.util.concurrent.TimeUnit;

/** How long to wait for an acknowledgment (RFC 6298); times are in nanoseconds. */
final class RetransmissionTimer {
  private static final long SHORTEST = TimeUnit.SECONDS.toNanos(1);
  private static final long LONGEST = TimeUnit.SECONDS.toNanos(8);

  private boolean measured;
  private long smoothed;
  private long variation;
  private long timeout = SHORTEST;

  /** The time to wait now. */
  long timeout() {
    return timeout;
  }

  /** A round took this long; not to be measured with what was sent twice (Karn's algorithm). */
  void measured(long round) {
    if (measured) {
      variation += (Math.abs(smoothed - round) - variation) / 4;
      smoothed += (round - smoothed) / 8;
    } else {
      measured = true;
      smoothed = round;
      variation = round / 2;
    }
    timeout = Math.clamp(smoothed + 4 * variation, SHORTEST, LONGEST);
  }

  /** There was none in time: the next wait is twice as long. */
  void expired() {
    timeout = Math.min(2 * timeout, LONGEST);
  }
}
