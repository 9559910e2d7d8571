package org.javisor.riscv.interpreter;

import java.util.function.Predicate;
import org.javisor.riscv.hart.Engine;
import org.javisor.riscv.hart.Hart;
import org.jspecify.annotations.Nullable;

/** An interpreter that can tell what it executes; until it is asked to, it is just that. */
public final class TracingInterpreter implements Engine {
  /** Blocks per call: the hart's loop has nothing to do in between. */
  private static final int BLOCKS = 1 << 8;

  private final Interpreter interpreter = new Interpreter();
  private volatile @Nullable BlockTrace trace;

  /** An interpreter that tells nobody yet. */
  public TracingInterpreter() {}

  /** Has all that is executed from now on written down; no hart may be executing. */
  public void trace(BlockTrace to) {
    trace = to;
  }

  @Override
  public void execute(Hart hart) {
    BlockTrace to = trace;
    if (to == null) {
      interpreter.execute(hart);
      return;
    }
    int blocks = 0;
    do {
      trace(hart, to, interpreter::executeStraight);
    } while (++blocks < BLOCKS && hart.attention() == 0);
  }

  /** Writes down what an execution does, which says whether it ended in a trap. */
  private static void trace(Hart hart, BlockTrace to, Predicate<Hart> execution) {
    long pc = hart.pc();
    hart.fetch(pc);
    to.begin(hart, hart.codePage(), pc, hart.privilege());
    long before = hart.retired();
    boolean trapped = true;
    try {
      trapped = execution.test(hart);
    } finally {
      to.executed(hart, hart.retired() - before);
      if (trapped) {
        to.trapped(hart);
      }
    }
  }

  @Override
  public void step(Hart hart) {
    BlockTrace to = trace;
    if (to == null) {
      interpreter.step(hart);
      return;
    }
    trace(hart, to, this::stepTraps);
  }

  private boolean stepTraps(Hart hart) {
    long before = hart.retired();
    interpreter.step(hart);
    return hart.retired() == before;
  }
}
