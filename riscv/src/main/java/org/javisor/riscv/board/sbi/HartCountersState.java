package org.javisor.riscv.board.sbi;

import org.javisor.machine.SavedState;
import org.javisor.machine.StateVersion;

/**
 * Saved state of one hart's performance counters.
 *
 * @param configured a bit for each counter that has an event
 * @param started a bit for each counter that counts
 * @param values by counter: of a firmware counter its value, of a fixed one its value when stopped
 * @param events by firmware counter: the event's code, 0 if it never had one
 */
@StateVersion(1)
@SuppressWarnings("ArrayRecordComponent") // the wire form: compared by nobody
public record HartCountersState(long configured, long started, long[] values, int[] events)
    implements SavedState {}
