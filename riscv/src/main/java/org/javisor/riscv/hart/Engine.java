package org.javisor.riscv.hart;

/** Executes a hart's instructions: the interpreter, or a translator. */
public interface Engine {
  /**
   * Executes from {@link Hart#pc} until the hart asks for attention or a bounded number of
   * instructions has been executed, and leaves pc and registers up to date. Synchronous exceptions
   * are delivered with {@link Hart#raise} or thrown as {@link Trap} with pc at the instruction.
   */
  void execute(Hart hart);

  /** As {@link #execute}, but exactly one instruction (or the trap it causes). */
  void step(Hart hart);
}
