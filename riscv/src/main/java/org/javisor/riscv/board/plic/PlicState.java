package org.javisor.riscv.board.plic;

import org.javisor.machine.SavedState;
import org.javisor.machine.StateVersion;

/**
 * Saved state of a PLIC. Bits are numbered by source: bit <i>s</i> mod 32 of word <i>s</i> / 32.
 *
 * @param priorities by source
 * @param levels wires from devices as they stand
 * @param pending interrupt pending bits
 * @param inService sources claimed and not yet completed
 * @param enables words of all contexts, one context after the other
 * @param thresholds by context
 */
@StateVersion(1)
@SuppressWarnings("ArrayRecordComponent") // the wire form: compared by nobody
public record PlicState(
    int[] priorities, int[] levels, int[] pending, int[] inService, int[] enables, int[] thresholds)
    implements SavedState {}
