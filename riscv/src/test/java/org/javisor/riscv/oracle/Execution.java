package org.javisor.riscv.oracle;

/** Ways to execute a program, none of which may change what it computes. */
enum Execution {
  /** In S-mode with physical addresses. */
  BARE(false, false, false, false),
  /** By the translator, all of it, in S-mode with physical addresses. */
  COMPILED(false, false, false, false),
  /** By the translator in U-mode, through page tables. */
  COMPILED_USER(true, true, false, false),
  /** Through page tables that scatter the program's pages over memory. */
  TRANSLATED(true, false, false, false),
  /** In U-mode; its system calls trap to S-mode and from there to the host. */
  USER(true, true, false, false),
  /** An instruction at a time. */
  STEPPED(true, false, true, false),
  /**
   * With an interrupt before every instruction. A store-conditional then always fails, so this is
   * for sequences without.
   */
  INTERRUPTED(true, false, true, true);

  final boolean isTranslated;
  final boolean isUser;
  final boolean isStepped;
  final boolean isInterrupted;

  Execution(boolean isTranslated, boolean isUser, boolean isStepped, boolean isInterrupted) {
    this.isTranslated = isTranslated;
    this.isUser = isUser;
    this.isStepped = isStepped;
    this.isInterrupted = isInterrupted;
  }

  boolean isCompiled() {
    return this == COMPILED || this == COMPILED_USER;
  }

  boolean suits(Sequence sequence) {
    return !isInterrupted || !sequence.reserves();
  }
}
