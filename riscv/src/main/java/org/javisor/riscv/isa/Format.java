package org.javisor.riscv.isa;

/**
 * Where the fields of an encoding are: the instruction formats of volume I section 2.2 and their
 * variants. What is a register and of which file, the {@link Shape} says; a register field whose
 * bits a row's pattern fixes is no operand of that row.
 */
public enum Format {
  /** No operands. */
  NONE,
  /** rd, rs1, rs2. */
  R,
  /** rd, rs1, rs2, rs3 (fused multiply-add). */
  R4,
  /** rd, rs1, signed 12-bit immediate. */
  I,
  /** rd, rs1, shift amount of 5 or 6 bits (as many as the pattern leaves open). */
  SHIFT,
  /** rs1, rs2, signed 12-bit immediate (stores). */
  S,
  /** rs1, rs2, signed 13-bit even offset (branches). */
  B,
  /** rd, signed 32-bit immediate whose low 12 bits are zero. */
  U,
  /** rd, signed 21-bit even offset. */
  J,
  /** rd, rs1, unsigned 12-bit register number. */
  CSR,
  /** rd, unsigned 5-bit immediate in the place of rs1, unsigned 12-bit register number. */
  CSRI,
  /** rd, rs1 (address), rs2, and the acquire and release bits. */
  AMO,
  /** The 12 bits of fence mode, predecessor set and successor set; rd and rs1 are ignored. */
  FENCE
}
