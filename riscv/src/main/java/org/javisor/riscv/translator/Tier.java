package org.javisor.riscv.translator;

/**
 * How well the JVM is to compile a unit.
 *
 * <p>Its two compilers know each other by profiling code, which is no faster than our interpreter
 * (measured: 60 to 280 million guest instructions a second, after 110), and the better one takes
 * about a millisecond for a guest instruction. So most units are for the quick compiler alone, and
 * only where the guest spends its time they are made anew.
 */
enum Tier {
  /**
   * For the quick compiler (measured: 560 to 1600 million guest instructions a second). The
   * launcher gives the other one a limit for classes of this name that no method keeps.
   */
  QUICK("Quick"),

  /** For both, one after the other (measured: 900 to 4800 million). */
  OPTIMIZED("Optimized"),

  /** As {@link #OPTIMIZED}, but it also leaves where a turn of the hart is to end. */
  COUNTING("Counting");

  private final String className;

  Tier(String className) {
    this.className = className;
  }

  /** The simple name of the classes. */
  String className() {
    return className;
  }
}
