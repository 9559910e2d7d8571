package org.javisor.machine;

/** A {@link Clock} as {@link Machine} sees it: it can be stopped, and is part of saved state. */
public interface MachineClock extends Clock, Snapshottable<ClockState>, AutoCloseable {
  /** Lets guest time pass. */
  void start();

  /** Makes guest time stand still; no timer fires until {@link #start}. */
  void stop();

  /** Back to time zero, as a power cycle does. Called while stopped. */
  void reset();

  @Override
  void close();
}
