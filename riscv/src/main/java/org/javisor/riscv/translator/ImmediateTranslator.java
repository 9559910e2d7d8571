package org.javisor.riscv.translator;

import org.javisor.riscv.hart.Hart;

/** Translates at once, on the hart's thread, also what has not been executed yet. */
final class ImmediateTranslator implements Translator {
  private final Counters counters;
  private final boolean counts;

  /**
   * A translator.
   *
   * @param counts whether its units leave where a turn of the hart is to end
   */
  ImmediateTranslator(Counters counters, boolean counts) {
    this.counters = counters;
    this.counts = counts;
  }

  @Override
  public void translate(Hart hart, long pc) {
    Translation translation =
        Translation.of(new PageWindow(hart, pc, true), (int) pc & 4095, counts, counters);
    if (translation != null && !translation.install()) {
      counters.discarded.increment();
    }
  }

  @Override
  public int queued() {
    return 0;
  }
}
