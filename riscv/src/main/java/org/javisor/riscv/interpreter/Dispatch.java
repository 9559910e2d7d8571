package org.javisor.riscv.interpreter;

import org.javisor.riscv.hart.Hart;

/** The interpreter loop; {@link DispatchGenerator} writes the one class that implements it. */
interface Dispatch {
  /**
   * Executes until the hart wants attention, or at least {@code limit} instructions have been
   * executed and a branch is taken, or the page is left.
   *
   * @param slots the decoded page to begin in
   * @param index the slot to begin at
   * @param base virtual address of the page
   * @param limit instructions; with 1, exactly one is executed if only its slot is filled
   */
  void run(Hart hart, long[] slots, int index, long base, int limit);
}
