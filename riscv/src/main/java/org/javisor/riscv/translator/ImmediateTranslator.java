package org.javisor.riscv.translator;

import org.javisor.riscv.hart.Hart;

/** Translates at once, on the hart's thread. */
final class ImmediateTranslator implements Translator {
  private final Counters counters;
  private final Tier own;
  private final boolean eager;

  /**
   * A translator.
   *
   * @param own the tier of its units, whichever is asked for
   * @param eager whether they have code that has not been executed yet
   */
  ImmediateTranslator(Counters counters, Tier own, boolean eager) {
    this.counters = counters;
    this.own = own;
    this.eager = eager;
  }

  @Override
  public void translate(Hart hart, long pc, Tier tier) {
    Translation translation =
        Translation.of(new PageWindow(hart, pc, eager), (int) pc & 4095, own, counters);
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
