package org.javisor.riscv.isa;

import java.util.ArrayList;
import java.util.List;

/**
 * What an instruction's text consists of after the mnemonic, in the order of the text. One
 * description serves assembler and disassembler.
 */
enum Operand {
  RD,
  RS1,
  RS2,
  RS3,
  /** A signed 12-bit number. */
  IMMEDIATE,
  /** A base register in parentheses. */
  BASE,
  SHIFT_AMOUNT,
  /** The upper 20 bits of a constant. */
  UPPER,
  /** An address, encoded relative to the instruction. */
  TARGET,
  CONTROL_REGISTER,
  /** An unsigned 5-bit number. */
  SMALL_IMMEDIATE,
  PREDECESSORS,
  SUCCESSORS,
  /** May be left out: dynamic. */
  ROUNDING_MODE,
  /** Acquire * 2 + release, in text a suffix of the mnemonic; may be left out: neither. */
  ORDERING;

  /** The operands of a row. */
  static List<Operand> of(Instruction row) {
    Shape shape = row.shape();
    boolean isAddressed =
        switch (shape) {
          case LOAD, FLOAD, JALR -> true;
          default -> false;
        };
    return switch (row.format()) {
      case NONE -> List.of();
      case R, R4 -> registers(row);
      case I -> isAddressed ? List.of(RD, IMMEDIATE, BASE) : List.of(RD, RS1, IMMEDIATE);
      case SHIFT -> List.of(RD, RS1, SHIFT_AMOUNT);
      case S -> List.of(RS2, IMMEDIATE, BASE);
      case B -> List.of(RS1, RS2, TARGET);
      case U -> List.of(RD, UPPER);
      case J -> List.of(RD, TARGET);
      case CSR -> List.of(RD, CONTROL_REGISTER, RS1);
      case CSRI -> List.of(RD, CONTROL_REGISTER, SMALL_IMMEDIATE);
      case AMO ->
          (row.mask() & Encoding.RS2_MASK) == 0
              ? List.of(RD, RS2, BASE, ORDERING)
              : List.of(RD, BASE, ORDERING);
      case FENCE -> List.of(PREDECESSORS, SUCCESSORS);
    };
  }

  private static List<Operand> registers(Instruction row) {
    var operands = new ArrayList<Operand>();
    if ((row.mask() & Encoding.RD_MASK) == 0) {
      operands.add(RD);
    }
    if ((row.mask() & Encoding.RS1_MASK) == 0) {
      operands.add(RS1);
    }
    if ((row.mask() & Encoding.RS2_MASK) == 0) {
      operands.add(RS2);
    }
    if (row.format() == Format.R4) {
      operands.add(RS3);
    }
    if (row.hasRoundingMode()) {
      operands.add(ROUNDING_MODE);
    }
    return List.copyOf(operands);
  }

  /** The register file this operand of a row names a register of. */
  RegisterFile file(Instruction row) {
    return switch (this) {
      case RD -> row.shape().destination();
      case RS1, BASE -> row.shape().first();
      case RS2 -> row.shape().second();
      case RS3 -> row.shape().third();
      default -> RegisterFile.NONE;
    };
  }

  /** True if the text may end before this operand. */
  boolean isOptional() {
    return this == ROUNDING_MODE || this == ORDERING;
  }
}
