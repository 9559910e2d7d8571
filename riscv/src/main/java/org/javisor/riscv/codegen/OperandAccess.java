package org.javisor.riscv.codegen;

import java.lang.classfile.CodeBuilder;
import org.javisor.riscv.isa.Instruction;

/**
 * Where an engine keeps guest registers and the parts of an instruction: emits the code that gets
 * and puts them. A result is put by {@link #prepareInteger} or {@link #prepareFloat}, code that
 * leaves the value on the stack, and {@link #finishInteger} or {@link #finishFloat}.
 */
public interface OperandAccess {
  /** The register fields of an instruction. */
  enum Field {
    RS1,
    RS2,
    RS3
  }

  /** Pushes the hart. */
  void pushHart(CodeBuilder code);

  /** Pushes the machine address of the hart's current soft-TLB table, a long. */
  void pushTlbTable(CodeBuilder code);

  /** Pushes an integer register, a long. */
  void pushInteger(CodeBuilder code, Field field);

  /** Pushes the bits of a floating-point register, a long. */
  void pushFloat(CodeBuilder code, Field field);

  /** Pushes the immediate, a long. */
  void pushImmediate(CodeBuilder code);

  /** Pushes the address of the instruction, a long. */
  void pushPc(CodeBuilder code);

  /** Pushes the rounding mode, an int, after replacing the dynamic one; traps if it is reserved. */
  void pushRoundingMode(CodeBuilder code);

  /** Pushes the floating-point environment. */
  void pushFloatEnvironment(CodeBuilder code);

  /** Has floating-point state used and changed from now on; traps if it is off. */
  default void useFloats(CodeBuilder code) {
    MeaningCalls.useFloats(code, this);
  }

  /** As {@link #useFloats}, without a change of it. */
  default void requireFloats(CodeBuilder code) {
    MeaningCalls.requireFloats(code, this);
  }

  /** Has the meaning executed; its arguments are on the stack. */
  default void callMeaning(CodeBuilder code, Instruction row) {
    MeaningCalls.call(code, row);
  }

  /** Before the value for the integer register rd. */
  void prepareInteger(CodeBuilder code);

  /** After the value for the integer register rd. */
  void finishInteger(CodeBuilder code);

  /** Before the value for the floating-point register rd. */
  void prepareFloat(CodeBuilder code);

  /** After the value for the floating-point register rd. */
  void finishFloat(CodeBuilder code);
}
