package org.javisor.riscv.hart;

/** Where a hart is in the life that SBI's hart state management describes (SBI 2.0, chapter 9). */
public enum HartStatus {
  /** Executes nothing until it is started. */
  STOPPED,
  /** Has been asked to start and will do so when its thread gets to it. */
  START_PENDING,
  /** Executes, or waits for an interrupt. */
  STARTED,
  /** Waits for an interrupt that resumes it. */
  SUSPENDED
}
