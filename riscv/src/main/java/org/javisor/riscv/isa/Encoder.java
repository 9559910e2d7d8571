package org.javisor.riscv.isa;

import java.util.List;

/** Makes 32-bit encodings from the rows of the instruction table. */
public final class Encoder {
  private Encoder() {}

  /**
   * Encodes an instruction.
   *
   * @param operands numbers of registers and other values in the order in which assembly text names
   *     them: {@code LD, rd, offset, base}; {@code SD, source, offset, base}; {@code BEQ, rs1, rs2,
   *     offset from the instruction}; {@code LUI, rd, upper 20 bits}; {@code CSRRW, rd, csr, rs1};
   *     {@code AMOADD_W, rd, rs2, base} and optionally acquire * 2 + release. Floating-point
   *     instructions that round take an optional last rounding mode, dynamic if left out (to
   *     nearest for the conversions to double that are always exact).
   * @throws IllegalArgumentException if there are too few or too many operands, or one does not fit
   *     its field
   */
  public static int encode(Instruction row, int... operands) {
    List<Operand> syntax = Operand.of(row);
    int required = (int) syntax.stream().filter(o -> !o.isOptional()).count();
    if (!row.isReal() || operands.length < required || operands.length > syntax.size()) {
      throw new IllegalArgumentException(row + " does not take " + operands.length + " operands");
    }
    int bits = row.match();
    for (int i = 0; i < syntax.size(); i++) {
      Operand operand = syntax.get(i);
      bits |= field(row, operand, i < operands.length ? operands[i] : omitted(row, operand));
    }
    return bits;
  }

  private static int omitted(Instruction row, Operand operand) {
    return operand == Operand.ROUNDING_MODE ? defaultRoundingMode(row) : 0;
  }

  /** The rounding mode of an instruction whose text names none. */
  static int defaultRoundingMode(Instruction row) {
    return row.isExactConversion() ? 0 : Decoded.DYNAMIC_ROUNDING;
  }

  private static int field(Instruction row, Operand operand, int value) {
    return switch (operand) {
      case RD -> unsigned(operand, value, 5) << 7;
      case RS1, BASE, SMALL_IMMEDIATE -> unsigned(operand, value, 5) << 15;
      case RS2 -> unsigned(operand, value, 5) << 20;
      case RS3 -> unsigned(operand, value, 5) << 27;
      case IMMEDIATE -> {
        int immediate = signed(operand, value, 12);
        yield row.format() == Format.S ? Encoding.encodeS(immediate) : immediate << 20;
      }
      case SHIFT_AMOUNT -> unsigned(operand, value, (row.mask() & 1 << 25) == 0 ? 6 : 5) << 20;
      case UPPER -> upper(value) << 12;
      case TARGET -> target(row, value);
      case CONTROL_REGISTER -> unsigned(operand, value, 12) << 20;
      case PREDECESSORS -> unsigned(operand, value, 4) << 24;
      case SUCCESSORS -> unsigned(operand, value, 4) << 20;
      case ROUNDING_MODE -> unsigned(operand, value, 3) << 12;
      case ORDERING -> unsigned(operand, value, 2) << 25;
    };
  }

  private static int target(Instruction row, int offset) {
    if ((offset & 1) != 0) {
      throw new IllegalArgumentException("odd offset " + offset);
    }
    return row.format() == Format.B
        ? Encoding.encodeB(signed(Operand.TARGET, offset, 13))
        : Encoding.encodeJ(signed(Operand.TARGET, offset, 21));
  }

  /** The upper 20 bits may be written signed or unsigned. */
  private static int upper(int value) {
    return value < 0
        ? signed(Operand.UPPER, value, 20) & 0xf_ffff
        : unsigned(Operand.UPPER, value, 20);
  }

  private static int unsigned(Operand operand, int value, int width) {
    if (value < 0 || value >= 1 << width) {
      throw new IllegalArgumentException(operand + " is not of " + width + " bits: " + value);
    }
    return value;
  }

  private static int signed(Operand operand, int value, int width) {
    if (value < -1 << (width - 1) || value >= 1 << (width - 1)) {
      throw new IllegalArgumentException(operand + " is not of " + width + " bits: " + value);
    }
    return value;
  }
}
