package org.javisor.riscv.interpreter;

import org.javisor.riscv.hart.Hart;

/** The interpreter's code; {@link DispatchGenerator} writes the one class that implements it. */
interface Dispatch {
  /** Returned by {@link #run}: a jump has been taken. No decoded instruction looks like this. */
  long JUMPED = -1;

  /**
   * Executes straight on, until there is an instruction that is not its business, or a jump is
   * taken that leaves the page, or any jump when the hart wants attention or {@code limit}
   * instructions have been executed. The hart's pc and its count of retired instructions are up to
   * date then.
   *
   * @param slots the decoded page to begin in
   * @param offset of the first instruction in the page, in bytes
   * @param base virtual address of the page
   * @param limit instructions
   * @param first the first instruction decoded, or 0 if it is in its slot
   * @return {@link #JUMPED}; or the decoded instruction at the hart's pc, which has not been
   *     executed: one for {@link #perform}, or {@code TRANSLATED}, or 0 if it is not decoded yet
   *     (where the page ends none ever is)
   */
  long run(Hart hart, long[] slots, long offset, long base, int limit, long first);

  /**
   * Executes an instruction that {@link #run} has left: a load or store that the soft TLB did not
   * answer, or one that is not frequent enough to be in the loop. The hart's pc is that of the
   * instruction; it is not advanced, and nothing is counted.
   *
   * @throws org.javisor.riscv.hart.Trap if it traps
   */
  void perform(Hart hart, long decoded);
}
