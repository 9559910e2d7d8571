package org.javisor.riscv.translator;

/** Makes the translator whose turns end at a number of instructions, for tests elsewhere. */
public final class CountingEngine {
  private CountingEngine() {}

  /** See {@link TranslatingEngine#counting}. */
  public static TranslatingEngine create(int threshold) {
    return TranslatingEngine.counting(threshold);
  }
}
