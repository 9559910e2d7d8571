package org.javisor.riscv.interpreter;

import java.util.Arrays;
import java.util.function.ToLongFunction;
import org.javisor.riscv.hart.CodePage;
import org.javisor.riscv.hart.Engine;
import org.javisor.riscv.hart.Hart;
import org.javisor.riscv.hart.Trap;
import org.javisor.riscv.isa.Decoded;
import org.javisor.riscv.isa.Decoder;

/**
 * The interpreter, stopping at an exact number of instructions and traps instead of at the next
 * jump: what another engine is compared with. It keeps the addresses it was at last.
 */
public final class ExactInterpreter implements Engine {
  /** The interpreter looks at its limit on taken jumps and at a page's end. */
  private static final int OVERSHOOT = CodePage.SLOTS + 2;

  private static final int LIMIT = 1 << 20;
  private static final int TRACE = 1 << 5;
  private static final Dispatch DISPATCH = DispatchGenerator.generate();

  private final Interpreter interpreter = new Interpreter();
  private final ToLongFunction<Hart> position;
  private final long[] slots = new long[CodePage.SLOTS + 2];
  private final long[] trace = new long[TRACE];
  private int traced;
  private long end;

  /**
   * An interpreter.
   *
   * @param position counts a hart's instructions and traps
   */
  public ExactInterpreter(ToLongFunction<Hart> position) {
    this.position = position;
  }

  /** Sets the position at which the next execution ends. */
  public void endAt(long value) {
    end = value;
  }

  /** Where it was lately, the last place last: beginnings of stretches without a taken jump. */
  public long[] trace() {
    long[] last = new long[Math.min(traced, TRACE)];
    for (int i = 0; i < last.length; i++) {
      last[i] = trace[(traced - last.length + i) & TRACE - 1];
    }
    return last;
  }

  @Override
  public void execute(Hart hart) {
    long left;
    while ((left = end - position.applyAsLong(hart)) > 0) {
      trace[traced++ & TRACE - 1] = hart.pc();
      try {
        if (left > OVERSHOOT) {
          interpreter.execute(hart, (int) Math.min(left - OVERSHOOT, LIMIT));
        } else {
          stretch(hart, (int) left);
        }
      } catch (Trap raised) {
        hart.raise(raised);
      }
    }
  }

  @Override
  public void step(Hart hart) {
    interpreter.step(hart);
  }

  /** Executes instructions in a row, at most a number of them, and a jump at the end. */
  private void stretch(Hart hart, int limit) {
    long pc = hart.pc();
    hart.fetch(pc);
    int first = CodePage.slot(pc);
    int at = first;
    try {
      for (int count = 0; count < limit && at < CodePage.SLOTS; count++) {
        if (at == CodePage.SLOTS - 1 && count > 0) {
          // It may reach into a page that is not there: a trap of its own.
          break;
        }
        long decoded = Decoder.decode(hart.instructionBits(pc + 2L * (at - first)));
        slots[at] = decoded;
        at += Decoded.length(decoded) >> 1;
        if (endsStretch(decoded)) {
          break;
        }
      }
      long offset = pc & CodePage.BYTES - 1;
      long left = DISPATCH.run(hart, slots, offset, pc - offset, 1, 0);
      if (left != Dispatch.JUMPED && left != 0) {
        Interpreter.access(hart, hart.pc(), left);
      }
    } finally {
      Arrays.fill(slots, first, Math.min(at, slots.length), 0);
    }
  }

  private static boolean endsStretch(long decoded) {
    return switch (Decoded.instruction(decoded).shape()) {
      case BRANCH, JAL, JALR, SYSTEM, CSR, PSEUDO -> true;
      default -> false;
    };
  }
}
