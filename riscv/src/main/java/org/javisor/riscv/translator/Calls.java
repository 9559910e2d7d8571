package org.javisor.riscv.translator;

import org.javisor.riscv.hart.Hart;
import org.javisor.riscv.hart.Unit;

/** What a unit that has called another does when execution did not come back to it. */
public final class Calls {
  /** How many units may be on a thread's stack; deeper calls begin again at the dispatcher. */
  static final int MAX_DEPTH = 200;

  /** How often the interpreter may help a callee to its next unit before it is given up. */
  private static final int MAX_STRETCHES = 32;

  /**
   * Set in the address at which execution goes on if the units on the stack must not: what they
   * were made from may have changed. No instruction begins at such an address, so none goes on.
   */
  private static final long UNWIND = 1;

  private Calls() {}

  /**
   * Goes on at {@code next}, where a callee has left off (a tail call, the jump of a procedure
   * linkage table, a miss of the soft TLB), until execution arrives at the return address.
   *
   * <p>Instructions after which an address may hold other code are executed here, and by nobody
   * else while units are on the stack.
   *
   * @return {@code expected}; or something else, which says where the dispatcher is to go on
   */
  public static long resume(Hart hart, long next, long expected, int depth) {
    if ((next & UNWIND) != 0) {
      return next;
    }
    int stretches = 0;
    while (next != expected && hart.attention(0) == 0) {
      Unit unit = hart.unit(next);
      if (unit != null) {
        long before = next;
        next = unit.run(hart, before, depth + 1);
        if (next == before || (next & UNWIND) != 0) {
          return next;
        }
      } else if (stretches++ < MAX_STRETCHES && hart.engine() instanceof TranslatingEngine engine) {
        long fences = hart.fences();
        hart.setPc(next);
        engine.interpretToJump(hart);
        next = hart.pc();
        if (hart.fences() != fences) {
          return next | UNWIND;
        }
      } else {
        return next;
      }
    }
    return next;
  }

  /** The address at which the dispatcher goes on after a unit has returned something. */
  static long target(long returned) {
    return returned & ~UNWIND;
  }
}
