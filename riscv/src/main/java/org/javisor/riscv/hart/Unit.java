package org.javisor.riscv.hart;

/**
 * A unit of translation: host code for the guest instructions of a region that is entered at one
 * place.
 *
 * <p>It depends on the guest's instructions alone, not on their addresses: it may serve any number
 * of physical pages, address spaces, harts and machines with the same bytes at once.
 */
public abstract class Unit {
  /** Stands for a unit whose guest code has changed: does nothing. */
  static final Unit NONE =
      new Unit() {
        @Override
        public long run(Hart hart, long pc, int depth) {
          return pc;
        }

        @Override
        boolean isNone() {
          return true;
        }
      };

  /** Whether it is {@link #NONE}. */
  boolean isNone() {
    return false;
  }

  /** A unit; it has no state. */
  protected Unit() {}

  /**
   * Executes from the unit's first instruction until it leads out of the region, or the hart wants
   * attention. The guest's registers are in the hart's register file before and after.
   *
   * @param pc virtual address of the first instruction
   * @param depth how many units are being executed on this thread below this one; if negative,
   *     nothing is done, which is for making the JVM compile the unit before it is needed
   * @return where the guest goes on, plus 1 if units below on the stack must not go on with it
   */
  public abstract long run(Hart hart, long pc, int depth);
}
