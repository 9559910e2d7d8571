package org.javisor.riscv.translator;

import org.javisor.riscv.hart.Hart;
import org.javisor.riscv.hart.Unit;

/**
 * Has the JVM compile a unit before it is put in place, for its bytecode interpreter is slower on a
 * unit than ours is on the guest's code: calls it without effect as often as takes the JVM to
 * decide so, and finds out by the time a call takes when it has been done.
 */
final class WarmUp {
  /** Calls after which the JVM has the quick compiler compile a method; its threshold is 200. */
  private static final int FIRST_CALLS = 300;

  /**
   * Calls after which it wants the better compiler, which refuses a unit that is not for it, which
   * brings the quick compiler's best code; its threshold is 5000.
   */
  private static final int ALL_CALLS = 8000;

  private static final int PROBE_CALLS = 200;

  /** A call takes some 5 ns when compiled and more than 60 ns when not. */
  private static final long COMPILED_NANOS = 25;

  private final Hart hart;
  private final Translation translation;
  private int calls;

  WarmUp(Hart hart, Translation translation) {
    this.hart = hart;
    this.translation = translation;
    call(FIRST_CALLS);
  }

  Translation translation() {
    return translation;
  }

  /** Goes on with it; true if the unit may be put in place. */
  boolean isDone() {
    long begin = System.nanoTime();
    call(PROBE_CALLS);
    if (System.nanoTime() - begin > PROBE_CALLS * COMPILED_NANOS) {
      return false;
    }
    if (translation.tier() == Tier.QUICK && calls < ALL_CALLS) {
      call(ALL_CALLS);
      return false;
    }
    return true;
  }

  private void call(int times) {
    Unit unit = translation.entry().unit();
    for (int i = 0; i < times; i++) {
      unit.run(hart, 0, -1);
    }
    calls += times;
  }
}
