package org.javisor.riscv.isa;

/**
 * Accessors of a decoded instruction packed into a {@code long}, so that decode caches are plain
 * {@code long[]}.
 *
 * <pre>
 * bits  0..8   opcode: the ordinal of the {@link Instruction}
 * bit   9      1: 4 bytes long, 0: 2 bytes long
 * bits 10..15  rd as a write slot: x1..x31, f0..f31, or {@link #SINK}
 * bits 16..20  rs1; for csrr?i the 5-bit immediate
 * bits 21..25  rs2
 * bits 26..28  rm: the rounding mode field of instructions that round, else 0
 * bits 32..63  signed immediate: CSR number (0..4095), shift amount, rs3, fence sets, aq * 2 + rl,
 *              or the instruction word itself for {@link Instruction#ILLEGAL}
 * </pre>
 *
 * <p>Fields an instruction does not have are 0, rd is then {@link #SINK}.
 */
public final class Decoded {
  /**
   * The write slot of results nobody sees: integer results to x0. Engines keep 33 integer registers
   * and write without a test; slot 0 is never written.
   */
  public static final int SINK = 32;

  /** The rm field that means: as {@code frm} says. */
  public static final int DYNAMIC_ROUNDING = 7;

  static final int OPCODE_MASK = 0x1ff;
  static final int FOUR_BYTES = 1 << 9;
  static final int RD_SHIFT = 10;
  static final int RS1_SHIFT = 16;
  static final int RS2_SHIFT = 21;
  static final int RM_SHIFT = 26;
  static final int IMMEDIATE_SHIFT = 32;

  private Decoded() {}

  /** The ordinal of the instruction's row. */
  public static int opcode(long decoded) {
    return (int) decoded & OPCODE_MASK;
  }

  /** The instruction's row. */
  public static Instruction instruction(long decoded) {
    return Instruction.of(opcode(decoded));
  }

  /** The instruction's length in bytes, 2 or 4. */
  public static int length(long decoded) {
    return 2 + ((int) decoded >>> 8 & 2);
  }

  /** The write slot: a register number, or {@link #SINK}. */
  public static int rd(long decoded) {
    return (int) decoded >>> RD_SHIFT & 63;
  }

  /** The first operand's register number, or the immediate of csrr?i. */
  public static int rs1(long decoded) {
    return (int) decoded >>> RS1_SHIFT & 31;
  }

  /** The second operand's register number. */
  public static int rs2(long decoded) {
    return (int) decoded >>> RS2_SHIFT & 31;
  }

  /** The third operand's register number; of {@link Format#R4} only. */
  public static int rs3(long decoded) {
    return (int) (decoded >>> IMMEDIATE_SHIFT) & 31;
  }

  /** The rounding mode field, perhaps {@link #DYNAMIC_ROUNDING}. */
  public static int rm(long decoded) {
    return (int) decoded >>> RM_SHIFT & 7;
  }

  /** The immediate, sign-extended. */
  public static long immediate(long decoded) {
    return decoded >> IMMEDIATE_SHIFT;
  }
}
