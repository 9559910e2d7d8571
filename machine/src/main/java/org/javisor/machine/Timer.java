package org.javisor.machine;

/** A one-shot timer of a {@link Clock}; safe from any thread. */
public interface Timer {
  /**
   * Sets the deadline, replacing an earlier one. A deadline that has passed fires at once.
   *
   * @param deadlineNanos in the time of {@link Clock#nanos}; {@link Long#MAX_VALUE} never fires
   */
  void arm(long deadlineNanos);

  /** Forgets the deadline; an action that has already begun is not stopped. */
  void disarm();
}
