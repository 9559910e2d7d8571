package org.javisor.riscv.translator;

import org.javisor.riscv.hart.Hart;

/** Translates at once, on the hart's thread, also what has not been executed yet. */
final class ImmediateTranslator implements Translator {
  private final Counters counters;

  ImmediateTranslator(Counters counters) {
    this.counters = counters;
  }

  @Override
  public void translate(Hart hart, long pc, Tier tier) {
    Translation translation =
        Translation.of(new PageWindow(hart, pc, true), (int) pc & 4095, tier, counters);
    if (translation != null && !translation.install()) {
      counters.discarded.increment();
    }
  }

  @Override
  public void watch(Hart hart) {}

  @Override
  public int queued() {
    return 0;
  }
}
