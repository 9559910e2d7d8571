package org.javisor.riscv.board.sbi;

import java.util.List;
import org.javisor.machine.SavedState;
import org.javisor.machine.StateVersion;

/**
 * Saved state of the supervisor binary interface. All else it knows is in the harts.
 *
 * @param counters performance counters by hart
 */
@StateVersion(1)
public record SbiState(List<HartCountersState> counters) implements SavedState {
  /** Copies the list. */
  public SbiState {
    counters = List.copyOf(counters);
  }
}
