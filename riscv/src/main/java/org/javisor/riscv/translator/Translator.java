package org.javisor.riscv.translator;

import org.javisor.riscv.hart.Hart;

/** Gets addresses translated. */
interface Translator {
  /**
   * The code at {@code pc}, in a page that the hart has fetched from, is hot enough for a tier; the
   * hart's thread.
   */
  void translate(Hart hart, long pc, Tier tier);

  /** A hart is about to execute; its thread. */
  void watch(Hart hart);

  /** The number of requests waiting. */
  int queued();
}
