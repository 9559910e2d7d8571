package org.javisor.riscv.translator;

import org.javisor.riscv.hart.Hart;

/** Translates at once, on the hart's thread. */
final class ImmediateTranslator implements Translator {
  private final Counters counters;
  private final boolean counts;
  private final boolean eager;

  /**
   * A translator.
   *
   * @param counts whether its units leave where a turn of the hart is to end
   * @param eager whether they have code that has not been executed yet
   */
  ImmediateTranslator(Counters counters, boolean counts, boolean eager) {
    this.counters = counters;
    this.counts = counts;
    this.eager = eager;
  }

  @Override
  public void translate(Hart hart, long pc) {
    Translation translation =
        Translation.of(new PageWindow(hart, pc, eager), (int) pc & 4095, counts, counters);
    if (translation != null && !translation.install()) {
      counters.discarded.increment();
    }
  }

  @Override
  public int queued() {
    return 0;
  }
}
