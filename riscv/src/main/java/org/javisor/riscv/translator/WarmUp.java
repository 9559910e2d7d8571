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

  /** Probes after which the JVM will not compile it any more: it was told not to, or is full. */
  private static final int MAX_PROBES = 5000;

  private final Hart hart;
  private final Translation translation;
  private int calls;
  private int probes;

  WarmUp(Hart hart, Translation translation) {
    this.hart = hart;
    this.translation = translation;
    call(FIRST_CALLS);
  }

  Translation translation() {
    return translation;
  }

  /** Whether it is no use to go on: the interpreter is better at this code. */
  boolean isHopeless() {
    return probes > MAX_PROBES;
  }

  /** Goes on with it; true if the unit may be put in place. */
  boolean isDone() {
    probes++;
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
