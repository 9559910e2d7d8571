package org.javisor.riscv.translator;

import org.javisor.riscv.hart.CodePage;
import org.javisor.riscv.hart.Engine;
import org.javisor.riscv.hart.Hart;
import org.javisor.riscv.hart.Unit;
import org.javisor.riscv.hart.UnitEntry;
import org.javisor.riscv.interpreter.Interpreter;

/**
 * Executes a hart's instructions by units of translation where there are any, else by the
 * interpreter, and has what turns out to be hot translated in the background.
 *
 * <p>Heat is added to an address where the interpreter is entered after a unit, and, more of it,
 * where the interpreter happens to be after a number of instructions: a sample of where time goes
 * that costs nothing in between.
 */
public final class TranslatingEngine implements Engine {
  /** Instructions that the interpreter executes between samples. */
  private static final int SAMPLE_INTERVAL = 512;

  private static final int SAMPLE_HEAT = 64;

  /** For entering the interpreter, which costs as much as some dozens of instructions in it. */
  private static final int ENTRY_HEAT = 8;

  /**
   * Heat at which an address is translated: as samples, half a million instructions. Interpreting
   * them takes half as long as having the JVM compile a unit, which has a processor of its own
   * (measured with Python, half of this against twice of it: a fifth less time on the hart, half as
   * much again in the compilers).
   */
  private static final int THRESHOLD = 1 << 16;

  /** Heat of code that hot code leads to: some more entries show that it really does. */
  static final int ALMOST_HOT = THRESHOLD - 64 * ENTRY_HEAT;

  /**
   * How often a hart must have been found in a unit for it to be optimized; at the interval of
   * {@link BackgroundTranslator}, the time spent in it pays for the compiler's then.
   */
  private static final int SAMPLES_TO_OPTIMIZE = 10;

  private final Interpreter interpreter = new Interpreter();
  private final Counters counters = new Counters();
  private final Translator translator;
  private final HotEntries profile;
  private final int threshold;

  /** An engine that translates what is hot, on a thread of its own. */
  public TranslatingEngine() {
    this(new HotEntries());
  }

  /**
   * An engine that translates what is hot, on a thread of its own.
   *
   * @param profile what is known to become hot; it learns what does
   */
  public TranslatingEngine(HotEntries profile) {
    translator = new BackgroundTranslator(counters);
    this.profile = profile;
    threshold = THRESHOLD;
  }

  private TranslatingEngine(int threshold, Tier tier) {
    translator = new ImmediateTranslator(counters, tier, threshold == 1);
    profile = new HotEntries();
    this.threshold = threshold;
  }

  /**
   * An engine that translates everything before it is executed, on the hart's own thread: for
   * tests, since that makes what is executed how a matter of the guest's code alone.
   */
  public static TranslatingEngine eager() {
    return new TranslatingEngine(1, Tier.OPTIMIZED);
  }

  /**
   * As {@link #eager}, but an engine whose turns end at a number of instructions as well, and that
   * lets code get somewhat warm first: for tests that compare it with another step by step.
   *
   * @param threshold heat at which an address is translated, as far as it has been executed around
   *     it; 1 is everything before it is executed
   */
  static TranslatingEngine counting(int threshold) {
    return new TranslatingEngine(threshold, Tier.COUNTING);
  }

  /** What it has done so far; from any thread. */
  public TranslatorMetrics metrics() {
    return counters.metrics(translator.queued());
  }

  @Override
  public void execute(Hart hart) {
    translator.watch(hart);
    do {
      long pc = hart.pc();
      Unit unit = hart.unit(pc);
      if (unit == null) {
        interpret(hart, pc, SAMPLE_INTERVAL);
      } else {
        long next = Calls.target(unit.run(hart, pc, 0));
        hart.setPc(next);
        if (next == pc) {
          hart.forgetUnit(pc);
        }
        if (hart.isToBeSampled()) {
          sample(hart, next);
        }
      }
    } while (hart.attention(0) == 0);
  }

  /** The hart was executing a unit when it was asked where it is. */
  private void sample(Hart hart, long pc) {
    CodePage page = hart.fetched(pc);
    if (page == null) {
      return;
    }
    for (UnitEntry entry : page.covering(CodePage.slot(pc))) {
      if (entry.isImprovable() && entry.sample() == SAMPLES_TO_OPTIMIZE) {
        translator.translate(hart, entry.start(page, pc), Tier.OPTIMIZED);
      }
    }
  }

  /** Executes at the hart's pc, where no unit begins, until a unit begins or a jump is taken. */
  void interpretToJump(Hart hart) {
    interpret(hart, hart.pc(), 1);
  }

  private void interpret(Hart hart, long pc, int limit) {
    hart.fetch(pc);
    // The page may just have become known to the hart; or its neighbour is another one here.
    if (hart.unit(pc) != null) {
      return;
    }
    CodePage page = hart.codePage();
    int slot = CodePage.slot(pc);
    if (page.entry(slot) != null) {
      interpreter.step(hart);
      counters.interpreted.increment();
      return;
    }
    warm(hart, page, pc, ENTRY_HEAT);
    if (page.entry(slot) != null) {
      return;
    }
    long before = hart.retired();
    try {
      interpreter.execute(hart, limit);
    } finally {
      counters.interpreted.add(hart.retired() - before);
    }
    if (limit < SAMPLE_INTERVAL) {
      return;
    }
    long end = hart.pc();
    CodePage reached = hart.fetched(end);
    if (reached != null && reached.entry(CodePage.slot(end)) == null) {
      warm(hart, reached, end, SAMPLE_HEAT);
    }
  }

  private void warm(Hart hart, CodePage page, long pc, int heat) {
    int slot = CodePage.slot(pc);
    int before = page.warm(slot, heat);
    if (before < threshold && before + heat >= threshold) {
      profile.add(page, slot);
      translator.translate(hart, pc, Tier.QUICK);
    } else if (before == 0 && profile.contains(page, slot)) {
      page.warm(slot, threshold);
      translator.translate(hart, pc, Tier.QUICK);
    }
  }

  @Override
  public void step(Hart hart) {
    interpreter.step(hart);
  }
}
