package org.javisor.host.scheduling;

import java.time.Duration;
import java.util.Optional;

/**
 * What a machine may have of the host's processors.
 *
 * @param shares weight against other machines when processors are scarce, at least 1
 * @param allowance what it gets at most, if there is a limit
 */
public record Claim(int shares, Optional<Allowance> allowance) {
  /** Checks the shares. */
  public Claim {
    if (shares < 1) {
      throw new IllegalArgumentException(shares + " shares");
    }
  }

  /** How often somebody who is slowed down gets what is left to him. */
  private static final Duration PERIOD = Duration.ofMillis(100);

  /**
   * The same for a machine that is denied a part of its processors' time.
   *
   * @param vcpus how many it has
   * @param percent of what they could use, 0 to 99
   */
  public Claim slowedDown(int vcpus, int percent) {
    if (percent == 0) {
      return this;
    }
    double processors = allowance.map(Allowance::processors).orElse((double) vcpus);
    long time = (long) (PERIOD.toNanos() * processors * (100 - percent) / 100);
    return new Claim(
        shares, Optional.of(new Allowance(Duration.ofNanos(Math.max(1_000_000, time)), PERIOD)));
  }
}
