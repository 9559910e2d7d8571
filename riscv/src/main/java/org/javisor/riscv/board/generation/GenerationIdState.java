package org.javisor.riscv.board.generation;

import org.javisor.machine.SavedState;
import org.javisor.machine.StateVersion;

/**
 * Saved state of a generation ID.
 *
 * @param low its first eight bytes, little-endian
 * @param high the other eight
 * @param known whether the guest has read the ID since it was reset
 * @param announced whether the guest has been told of a change that it has not read yet
 */
@StateVersion(2)
public record GenerationIdState(long low, long high, boolean known, boolean announced)
    implements SavedState {}
