package org.javisor.riscv.interpreter;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.javisor.riscv.isa.Instruction;
import org.javisor.riscv.isa.Shape;

/**
 * Rows that the interpreter loop leaves to {@link Dispatch#perform}, each group in a method of its
 * own, so that the JIT compiler gets methods of a size it compiles well.
 */
enum Group {
  /** Integer loads and stores: only those that the soft TLB does not answer. */
  MEMORY,
  BITMANIP,
  FLOAT_MEMORY,
  ATOMIC,
  FLOAT,
  /** Needs the hart's pc, and may change where it goes on. */
  SYSTEM;

  /** Whether the loop has code for a row. */
  static boolean isInLoop(Instruction row) {
    return switch (row.family()) {
      case INTEGER -> true;
      case MEMORY -> row.shape() == Shape.LOAD || row.shape() == Shape.STORE;
      // A system row in the table, but it has no use for the pc, and kernels are full of it.
      case SYSTEM -> row == Instruction.FENCE;
      default -> false;
    };
  }

  private boolean has(Instruction row) {
    return switch (row.family()) {
      case INTEGER -> false;
      case BITMANIP -> this == BITMANIP;
      case MEMORY -> this == (isInLoop(row) ? MEMORY : FLOAT_MEMORY);
      case ATOMIC -> this == ATOMIC;
      case FLOAT -> this == FLOAT;
      case SYSTEM -> this == SYSTEM;
    };
  }

  /** Its rows, in the order of the table. */
  List<Instruction> rows() {
    return IntStream.range(0, Instruction.count())
        .mapToObj(Instruction::of)
        .filter(row -> row.isReal() && has(row))
        .toList();
  }

  String methodName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
