package org.javisor.riscv.hart;

/** Turns of a hart, for tests that drive harts themselves. */
public final class Turns {
  private Turns() {}

  /** See {@link Hart#turn}. */
  public static boolean turn(Hart hart, long end) {
    return hart.turn(end);
  }

  /** See {@link Hart#position}. */
  public static long position(Hart hart) {
    return hart.position();
  }
}
