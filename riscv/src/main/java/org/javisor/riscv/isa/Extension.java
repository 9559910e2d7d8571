package org.javisor.riscv.isa;

/**
 * The part of the instruction set a row comes from. The compressed extension (C) has no rows: its
 * encodings are other spellings of base rows, see {@link Compressed}.
 */
public enum Extension {
  /** RV64I, the base integer instructions. */
  I,
  /** Integer multiplication and division. */
  M,
  /** Load-reserved, store-conditional and atomic memory operations. */
  A,
  /** Single-precision floating point. */
  F,
  /** Double-precision floating point. */
  D,
  /** Control and status register instructions. */
  ZICSR,
  /** Instruction-fetch fence. */
  ZIFENCEI,
  /** Supervisor-level instructions of the privileged architecture. */
  S,
  /** Address generation. */
  ZBA,
  /** Basic bit manipulation. */
  ZBB,
  /** Single-bit instructions. */
  ZBS
}
