package org.javisor.host.scheduling;

import java.time.Duration;

/**
 * A hard limit: so much processor time in each period, whether others want processors or not.
 *
 * @param time of all vCPUs together, at least a millisecond
 * @param period a millisecond to a minute
 */
public record Allowance(Duration time, Duration period) {
  /** Checks both. */
  public Allowance {
    if (time.toMillis() < 1 || period.toMillis() < 1 || period.toSeconds() > 60) {
      throw new IllegalArgumentException("allowance of " + time + " in " + period);
    }
  }

  /** Processors it stands for. */
  double processors() {
    return (double) time.toNanos() / period.toNanos();
  }
}
