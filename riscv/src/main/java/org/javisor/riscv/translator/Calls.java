package org.javisor.riscv.translator;

import org.javisor.riscv.hart.Hart;
import org.javisor.riscv.hart.Unit;

/** What a unit that has called another does when execution did not come back to it. */
public final class Calls {
  /** How many units may be on a thread's stack; deeper calls begin again at the dispatcher. */
  static final int MAX_DEPTH = 200;

  private Calls() {}

  /**
   * Goes on at {@code next}, where a callee has left off (a tail call, the jump of a procedure
   * linkage table), until execution arrives at the return address.
   *
   * @return {@code expected}; or another address, at which the dispatcher is to go on
   */
  public static long resume(Hart hart, long next, long expected, int depth) {
    while (next != expected && hart.attention() == 0) {
      Unit unit = hart.unit(next);
      if (unit == null) {
        return next;
      }
      long before = next;
      next = unit.run(hart, before, depth + 1);
      if (next == before) {
        return next;
      }
    }
    return next;
  }
}
