package org.javisor.network.ethernet;

/**
 * How much may pass in one direction.
 *
 * @param bytesPerSecond mean rate, more than zero
 * @param burstBytes what may pass at once after a pause, more than zero
 */
public record RateLimit(long bytesPerSecond, long burstBytes) {
  /** Checks the ranges. */
  public RateLimit {
    if (bytesPerSecond <= 0 || burstBytes <= 0) {
      throw new IllegalArgumentException(
          "rate limit of " + bytesPerSecond + " bytes/s with bursts of " + burstBytes);
    }
  }

  /** A rate with bursts of a tenth of a second, at least one large frame. */
  public static RateLimit of(long bytesPerSecond) {
    return new RateLimit(bytesPerSecond, Math.max(65_536, bytesPerSecond / 10));
  }
}
