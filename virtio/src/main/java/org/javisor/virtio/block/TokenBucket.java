package org.javisor.virtio.block;

/**
 * Tokens that come at a rate and are taken in the order in which they are asked for. Kept as the
 * moment at which all that were taken will have come, so that nothing has to be counted up.
 */
final class TokenBucket {
  private static final double NANOS = 1e9;

  private final double nanosPerToken;
  private final long burstNanos;
  private long empty;

  /**
   * @param rate tokens in a second; 0 is without limit
   * @param burstNanos tokens that came in so much time wait for somebody; older ones are lost
   * @param now from a clock of nanoseconds
   */
  TokenBucket(long rate, long burstNanos, long now) {
    this.nanosPerToken = rate == 0 ? 0 : NANOS / rate;
    this.burstNanos = burstNanos;
    empty = now - burstNanos;
  }

  /**
   * Takes tokens. One may begin as soon as the bucket has anything, and go into debt: a request
   * that is larger than a bucket has to go through too.
   *
   * @return the moment from which they may be used
   */
  long take(long tokens, long now) {
    if (nanosPerToken == 0 || tokens == 0) {
      return now;
    }
    if (empty - (now - burstNanos) < 0) {
      empty = now - burstNanos;
    }
    long from = empty;
    empty += (long) Math.min(tokens * nanosPerToken, Long.MAX_VALUE / 4.0);
    return from;
  }
}
