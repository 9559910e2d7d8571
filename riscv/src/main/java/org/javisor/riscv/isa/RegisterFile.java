package org.javisor.riscv.isa;

/** The register file an operand field of an instruction names. */
public enum RegisterFile {
  /** The field is no register, or is not there. */
  NONE,
  /** The integer registers x0 to x31. */
  INTEGER,
  /** The floating-point registers f0 to f31. */
  FLOAT
}
