package org.javisor.riscv;

import org.javisor.riscv.hart.Engine;
import org.javisor.riscv.interpreter.Interpreter;
import org.javisor.riscv.translator.TranslatingEngine;

/**
 * The engine that tests of harts and boards use: the interpreter, or the translator with {@code
 * -Dorg.javisor.engine=translator}. The build runs them with both, for the rules are the same.
 */
public final class TestEngine {
  private TestEngine() {}

  /** An engine for one machine. */
  public static Engine create() {
    return "translator".equals(System.getProperty("org.javisor.engine"))
        ? TranslatingEngine.eager()
        : new Interpreter();
  }
}
