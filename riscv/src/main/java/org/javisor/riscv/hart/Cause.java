package org.javisor.riscv.hart;

/** Codes of {@code scause} (volume II, table "Supervisor cause register values after trap"). */
public final class Cause {
  /** Set in {@code scause} for interrupts. */
  public static final long INTERRUPT = 1L << 63;

  public static final int SUPERVISOR_SOFTWARE_INTERRUPT = 1;
  public static final int SUPERVISOR_TIMER_INTERRUPT = 5;
  public static final int SUPERVISOR_EXTERNAL_INTERRUPT = 9;

  public static final int INSTRUCTION_ACCESS_FAULT = 1;
  public static final int ILLEGAL_INSTRUCTION = 2;
  public static final int BREAKPOINT = 3;
  public static final int LOAD_ADDRESS_MISALIGNED = 4;
  public static final int LOAD_ACCESS_FAULT = 5;
  public static final int STORE_ADDRESS_MISALIGNED = 6;
  public static final int STORE_ACCESS_FAULT = 7;
  public static final int ENVIRONMENT_CALL_FROM_USER = 8;
  public static final int ENVIRONMENT_CALL_FROM_SUPERVISOR = 9;
  public static final int INSTRUCTION_PAGE_FAULT = 12;
  public static final int LOAD_PAGE_FAULT = 13;
  public static final int STORE_PAGE_FAULT = 15;

  private Cause() {}
}
