package org.javisor.machine;

import java.time.Instant;

/** The guest's time. */
public interface Clock {
  /** Nanoseconds of guest time since power-on; stands still while the machine is paused. */
  long nanos();

  /** The wall-clock time that a real-time clock device shows. */
  Instant wallTime();

  /**
   * A timer, disarmed at first.
   *
   * @param action run on a thread of the clock when the timer is due; must not block
   */
  Timer timer(Runnable action);
}
