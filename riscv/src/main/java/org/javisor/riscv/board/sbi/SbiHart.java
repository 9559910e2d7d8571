package org.javisor.riscv.board.sbi;

/**
 * A hart as the supervisor binary interface sees it. Methods may be called from any hart's thread
 * unless they say otherwise, and do not wait unless they say so.
 */
public interface SbiHart {
  /** States of hart state management (SBI 2.0, table 4), by their codes. */
  enum State {
    STARTED(0),
    STOPPED(1),
    START_PENDING(2),
    STOP_PENDING(3),
    SUSPENDED(4),
    SUSPEND_PENDING(5),
    RESUME_PENDING(6);

    private final int code;

    State(int code) {
      this.code = code;
    }

    /** The value that {@code hart_get_status} returns. */
    public int code() {
      return code;
    }
  }

  /** The hart id, from 0. */
  int id();

  /** Its state. */
  State state();

  /**
   * Starts a stopped hart in S-mode with satp = 0 and interrupts off.
   *
   * @param address physical address of its first instruction
   * @param opaque what it finds in a1; a0 is its id
   * @return false if it was not stopped
   */
  boolean start(long address, long opaque);

  /** Stops this hart, after the present call; on its own thread only. */
  void stop();

  /**
   * Suspends this hart after the present call until an enabled interrupt is pending; own thread.
   */
  void suspend();

  /** As {@link #suspend()}, but goes on at an address as {@link #start} would; own thread only. */
  void suspend(long address, long opaque);

  /** Makes the supervisor software interrupt pending. */
  void raiseSoftwareInterrupt();

  /**
   * Clears the supervisor timer interrupt and makes it pending when {@code time} has reached a
   * deadline; own thread only.
   *
   * @param deadline in ticks, unsigned
   */
  void setTimer(long deadline);

  /** The fixed counter {@code cycle}; own thread only. */
  long cycles();

  /** Sets {@code cycle}; own thread only. */
  void cycles(long value);

  /** The fixed counter {@code instret}; own thread only. */
  long retiredInstructions();

  /** Sets {@code instret}; own thread only. */
  void retiredInstructions(long value);
}
