package org.javisor.machine;

/** Why a machine has stopped. */
public sealed interface StopReason {
  /** The guest switched the machine off in good order. */
  record PoweredOff() implements StopReason {}

  /** The guest switched the machine off and said that it had failed (a panic, say). */
  record GuestFailed() implements StopReason {}

  /**
   * The guest asked for a reset, and {@link Machine#stopOnGuestReset} says that this is the end.
   */
  record GuestReset() implements StopReason {}

  /** The host switched the machine off. */
  record Killed() implements StopReason {}

  /**
   * The machine monitor itself failed.
   *
   * @param cause what was thrown
   */
  record MonitorFailed(Throwable cause) implements StopReason {}
}
