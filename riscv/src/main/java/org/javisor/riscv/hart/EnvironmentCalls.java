package org.javisor.riscv.hart;

/** Answers {@code ecall} from S-mode: the supervisor binary interface. */
@FunctionalInterface
public interface EnvironmentCalls {
  /**
   * Called on the hart's thread with arguments in x10..x17; results go to x10 and x11. Execution
   * then goes on after the {@code ecall}. Never throws.
   */
  void call(Hart hart);
}
