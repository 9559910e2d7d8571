package org.javisor.riscv.board.sbi;

import org.javisor.machine.SavedState;
import org.javisor.machine.StateVersion;

/**
 * Saved state of one hart's performance counters.
 *
 * @param configured a bit for each counter that has an event
 * @param started a bit for each counter that counts
 * @param values by counter: of a firmware counter its value, of a fixed one its value when stopped
 * @param events by firmware counter: the event's ordinal among those that are counted
 */
@StateVersion(1)
public record HartCountersState(long configured, long started, long[] values, int[] events)
    implements SavedState {}
