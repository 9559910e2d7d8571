package org.javisor.machine;

/**
 * Saved state of a clock. Timers are re-armed by the components that own them.
 *
 * @param nanos guest time since power-on
 */
@StateVersion(1)
public record ClockState(long nanos) implements SavedState {}
