package org.javisor.riscv.hart;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.javisor.machine.Clock;
import org.javisor.machine.Timer;

/**
 * A hart's supervisor interrupts (volume II, sections "Supervisor Interrupt Registers" and Sstc):
 * which are pending, which enabled, and the timer.
 */
final class Interrupts {
  static final int SOFTWARE = 1 << Cause.SUPERVISOR_SOFTWARE_INTERRUPT;
  static final int TIMER = 1 << Cause.SUPERVISOR_TIMER_INTERRUPT;
  static final int EXTERNAL = 1 << Cause.SUPERVISOR_EXTERNAL_INTERRUPT;
  static final int ALL = SOFTWARE | TIMER | EXTERNAL;

  /** The timebase: 10 MHz. */
  static final long NANOS_PER_TICK = 100;

  private static final VarHandle LINES;

  static {
    try {
      LINES = MethodHandles.lookup().findVarHandle(Interrupts.class, "lines", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Clock clock;
  private final Timer timer;

  /** SSIP and SEIP; any thread sets and clears them. */
  @SuppressWarnings("unused") // through LINES
  private volatile int lines;

  /** STIP as of the last look at the clock; the hart's thread only, as the rest below. */
  private boolean timerPending;

  private int enabled;
  private long compare = -1;

  /**
   * Nothing pending or enabled.
   *
   * @param due called, on any thread, when the time compared with may have come
   */
  Interrupts(Clock clock, Runnable due) {
    this.clock = clock;
    this.timer = clock.timer(due);
  }

  /** Sets or clears SSIP or SEIP, from any thread; true if that changed something. */
  boolean setLine(int bit, boolean level) {
    int before =
        level ? (int) LINES.getAndBitwiseOr(this, bit) : (int) LINES.getAndBitwiseAnd(this, ~bit);
    return (before & bit) != 0 != level;
  }

  /** The bits of sip. */
  int pending() {
    return lines | (timerPending ? TIMER : 0);
  }

  /** The bits of sie. */
  int enabled() {
    return enabled;
  }

  void enable(int bits) {
    enabled = bits & ALL;
  }

  /** What is both pending and enabled, whether or not interrupts are enabled as a whole. */
  int deliverable() {
    return pending() & enabled;
  }

  /** The interrupt to take first of some: external, software, timer. */
  static int first(int bits) {
    if ((bits & EXTERNAL) != 0) {
      return Cause.SUPERVISOR_EXTERNAL_INTERRUPT;
    }
    return (bits & SOFTWARE) != 0
        ? Cause.SUPERVISOR_SOFTWARE_INTERRUPT
        : Cause.SUPERVISOR_TIMER_INTERRUPT;
  }

  /** The time CSR. */
  long time() {
    return clock.nanos() / NANOS_PER_TICK;
  }

  /** The stimecmp CSR. */
  long compare() {
    return compare;
  }

  /** Sets stimecmp; STIP follows at once. */
  void setCompare(long ticks) {
    compare = ticks;
    lookAtClock();
  }

  /** Brings STIP up to date and sees to it that it is looked at again when it is due. */
  void lookAtClock() {
    timerPending = Long.compareUnsigned(time(), compare) >= 0;
    if (timerPending || compare < 0 || compare > Long.MAX_VALUE / NANOS_PER_TICK) {
      timer.disarm();
    } else {
      timer.arm(compare * NANOS_PER_TICK);
    }
  }
}
