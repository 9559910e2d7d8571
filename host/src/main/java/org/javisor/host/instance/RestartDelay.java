package org.javisor.host.instance;

import java.time.Duration;

/**
 * How long an instance that ended by itself waits before it is started again: hardly at all the
 * first time, twice as long each time it ends again soon, up to a minute. So one that cannot run
 * costs the host next to nothing, and one that can is back as soon as what it missed is there.
 */
final class RestartDelay {
  private static final Duration FIRST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofMinutes(1);

  /** One that ran this long began well. */
  private static final Duration WELL = Duration.ofSeconds(10);

  private Duration next = FIRST;

  /**
   * The wait after an end.
   *
   * @param ran how long the machine was on
   */
  Duration after(Duration ran) {
    if (ran.compareTo(WELL) >= 0) {
      forget();
    }
    Duration delay = next;
    next = delay.multipliedBy(2).compareTo(LONGEST) > 0 ? LONGEST : delay.multipliedBy(2);
    return delay;
  }

  /** Somebody started or stopped it: what was before does not count any more. */
  void forget() {
    next = FIRST;
  }
}
