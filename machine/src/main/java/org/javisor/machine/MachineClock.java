package org.javisor.machine;

/** A {@link Clock} as {@link Machine} sees it: it can be stopped, and is part of saved state. */
public interface MachineClock extends Clock, Snapshottable<ClockState>, AutoCloseable {
  /** Lets guest time pass. */
  void start();

  /** Makes guest time stand still; no timer fires until {@link #start}. */
  void stop();

  /** Back to time zero, as a power cycle does. Called while stopped. */
  void reset();

  /**
   * Makes up gradually for what guest time is behind, as adjtime(2) does: it passes a little faster
   * or slower until then. Replaces what an earlier call has not made up for yet. At any time.
   *
   * @param nanos that it is behind; negative if it is ahead; at most 10^17
   */
  void slew(long nanos);

  @Override
  void close();
}
