package org.javisor.riscv.interpreter;

import java.lang.classfile.CodeBuilder;

/**
 * Where an engine keeps guest registers and the parts of an instruction: emits the code that gets
 * and puts them. A result is put by {@link #prepareInteger} or {@link #prepareFloat}, code that
 * leaves the value on the stack, and {@link #finishInteger} or {@link #finishFloat}.
 */
interface OperandAccess {
  /** The register fields of an instruction. */
  enum Field {
    RS1,
    RS2,
    RS3
  }

  /** Pushes the hart. */
  void pushHart(CodeBuilder code);

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

  /** Before the value for the integer register rd. */
  void prepareInteger(CodeBuilder code);

  /** After the value for the integer register rd. */
  void finishInteger(CodeBuilder code);

  /** Before the value for the floating-point register rd. */
  void prepareFloat(CodeBuilder code);

  /** After the value for the floating-point register rd. */
  void finishFloat(CodeBuilder code);
}
