package org.javisor.riscv.interpreter;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.javisor.riscv.isa.Instruction;
import org.javisor.riscv.isa.Shape;

/** In which method of the interpreter a row is. */
enum Group {
  /** In the loop itself: what programs are mostly made of. */
  LOOP,
  BITMANIP,
  FLOAT_MEMORY,
  ATOMIC,
  FLOAT,
  /** Needs the hart's pc, and may change it. */
  SYSTEM;

  static Group of(Instruction row) {
    return switch (row.family()) {
      case INTEGER -> LOOP;
      case BITMANIP -> BITMANIP;
      case MEMORY -> row.shape() == Shape.LOAD || row.shape() == Shape.STORE ? LOOP : FLOAT_MEMORY;
      case ATOMIC -> ATOMIC;
      case FLOAT -> FLOAT;
      case SYSTEM -> SYSTEM;
    };
  }

  /** Its rows, in the order of the table. */
  List<Instruction> rows() {
    return IntStream.range(0, Instruction.count())
        .mapToObj(Instruction::of)
        .filter(row -> row.isReal() && of(row) == this)
        .toList();
  }

  String methodName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
