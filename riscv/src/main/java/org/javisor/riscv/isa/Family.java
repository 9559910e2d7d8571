package org.javisor.riscv.isa;

/**
 * Which class of semantics holds the method of an instruction's meaning. The binding to the class
 * belongs to the engines, so that this package depends on none.
 */
public enum Family {
  /** Base integer instructions, multiplication and division. */
  INTEGER,
  /** Zba, Zbb and Zbs. */
  BITMANIP,
  /** Loads and stores of both register files. */
  MEMORY,
  /** Load-reserved, store-conditional, atomic memory operations. */
  ATOMIC,
  /** Floating-point arithmetic. */
  FLOAT,
  /** Control and status registers, traps, fences. */
  SYSTEM;

  static Family of(Shape shape, Extension extension) {
    return switch (shape) {
      case ALU_RR, ALU_R, ALU_RI, ALU_PC ->
          switch (extension) {
            case ZBA, ZBB, ZBS -> BITMANIP;
            default -> INTEGER;
          };
      case BRANCH, JAL, JALR -> INTEGER;
      case LOAD, STORE, FLOAD, FSTORE -> MEMORY;
      case AMO -> ATOMIC;
      case F_F, F_FF, F_FFF, X_F, X_FF, F_X -> FLOAT;
      case CSR, SYSTEM, PSEUDO -> SYSTEM;
    };
  }
}
