package org.javisor.riscv.codegen;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;
import org.javisor.riscv.codegen.OperandAccess.Field;
import org.javisor.riscv.fp.FloatEnvironment;
import org.javisor.riscv.hart.Hart;
import org.javisor.riscv.hart.Trap;
import org.javisor.riscv.isa.Family;
import org.javisor.riscv.isa.Instruction;
import org.javisor.riscv.isa.RegisterFile;
import org.javisor.riscv.isa.Shape;
import org.javisor.riscv.semantics.AtomicSemantics;
import org.javisor.riscv.semantics.BitmanipSemantics;
import org.javisor.riscv.semantics.FloatSemantics;
import org.javisor.riscv.semantics.IntegerSemantics;
import org.javisor.riscv.semantics.MemorySemantics;
import org.javisor.riscv.semantics.SystemSemantics;

/** Emits calls of the meanings of instructions: operands by shape, method by family and name. */
public final class MeaningCalls {
  // Must be initialized before any MethodTypeDesc in this JVM, or java.lang.constant fails to.
  private static final ClassDesc INT = ConstantDescs.CD_int;
  private static final ClassDesc LONG = ConstantDescs.CD_long;
  private static final ClassDesc VOID = ConstantDescs.CD_void;
  private static final ClassDesc BOOLEAN = ConstantDescs.CD_boolean;

  public static final ClassDesc HART = desc(Hart.class);
  public static final ClassDesc TRAP = desc(Trap.class);
  public static final ClassDesc FLOAT_ENVIRONMENT = desc(FloatEnvironment.class);

  private MeaningCalls() {}

  /** The name of a class in class files. */
  public static ClassDesc desc(Class<?> type) {
    return ClassDesc.ofDescriptor(type.descriptorString());
  }

  /** The class with the meanings of a family. */
  public static Class<?> meanings(Family family) {
    return switch (family) {
      case INTEGER -> IntegerSemantics.class;
      case BITMANIP -> BitmanipSemantics.class;
      case MEMORY -> MemorySemantics.class;
      case ATOMIC -> AtomicSemantics.class;
      case FLOAT -> FloatSemantics.class;
      case SYSTEM -> SystemSemantics.class;
    };
  }

  /** The type of a row's meaning. */
  public static MethodTypeDesc type(Shape shape) {
    return switch (shape) {
      case ALU_RR, ALU_RI, ALU_PC -> MethodTypeDesc.of(LONG, LONG, LONG);
      case ALU_R -> MethodTypeDesc.of(LONG, LONG);
      case BRANCH -> MethodTypeDesc.of(BOOLEAN, LONG, LONG);
      case LOAD, FLOAD -> MethodTypeDesc.of(LONG, HART, LONG, LONG);
      case STORE, FSTORE -> MethodTypeDesc.of(VOID, HART, LONG, LONG, LONG);
      case AMO -> MethodTypeDesc.of(LONG, HART, LONG, LONG);
      case F_F, X_F, F_X, F_FF, X_FF, F_FFF -> {
        List<ClassDesc> parameters = new ArrayList<>();
        parameters.add(LONG);
        if (shape.second() != RegisterFile.NONE) {
          parameters.add(LONG);
        }
        if (shape.third() != RegisterFile.NONE) {
          parameters.add(LONG);
        }
        parameters.add(INT);
        parameters.add(FLOAT_ENVIRONMENT);
        yield MethodTypeDesc.of(LONG, parameters);
      }
      case CSR, SYSTEM -> MethodTypeDesc.of(VOID, HART, LONG);
      case JAL, JALR, PSEUDO -> throw new IllegalArgumentException(shape + " has no meaning");
    };
  }

  /** Emits a call of {@link Hart#useFloats}. */
  public static void useFloats(CodeBuilder code, OperandAccess operands) {
    operands.pushHart(code);
    code.invokevirtual(HART, "useFloats", MethodTypeDesc.of(VOID));
  }

  /** Emits a call of {@link Hart#requireFloats}. */
  public static void requireFloats(CodeBuilder code, OperandAccess operands) {
    operands.pushHart(code);
    code.invokevirtual(HART, "requireFloats", MethodTypeDesc.of(VOID));
  }

  /** Emits the call alone: its arguments are on the stack. */
  public static void call(CodeBuilder code, Instruction row) {
    code.invokestatic(desc(meanings(row.family())), row.methodName(), type(row.shape()));
  }

  /**
   * As {@link #call}, but by a copy of the meaning's bytecode where it is small.
   *
   * @param local first of the local variables it may use
   */
  public static void callOrInline(CodeBuilder code, Instruction row, int local) {
    ClassDesc owner = desc(meanings(row.family()));
    if (!MeaningInliner.inline(code, owner, row.methodName(), type(row.shape()), local)) {
      call(code, row);
    }
  }

  /**
   * Emits a branch's condition, by a copy of its bytecode where it is small, and a branch to {@code
   * otherwise} for when it does not hold.
   *
   * @param local first of the local variables it may use
   */
  public static void branchUnless(
      CodeBuilder code, Instruction row, OperandAccess operands, int local, Label otherwise) {
    arguments(code, row.shape(), operands);
    ClassDesc owner = desc(meanings(row.family()));
    if (!MeaningInliner.inlineCondition(
        code, owner, row.methodName(), type(row.shape()), local, otherwise)) {
      call(code, row);
      code.ifeq(otherwise);
    }
  }

  /**
   * Emits all of an instruction that neither jumps nor changes the hart's state: operands, call,
   * result.
   */
  public static void straight(CodeBuilder code, Instruction row, OperandAccess operands) {
    Shape shape = row.shape();
    if (shape.isFloatArithmetic() || shape == Shape.FLOAD) {
      operands.useFloats(code);
    } else if (shape == Shape.FSTORE) {
      operands.requireFloats(code);
    }
    switch (shape.destination()) {
      case INTEGER -> operands.prepareInteger(code);
      case FLOAT -> operands.prepareFloat(code);
      case NONE -> {}
    }
    arguments(code, shape, operands);
    operands.callMeaning(code, row);
    switch (shape.destination()) {
      case INTEGER -> operands.finishInteger(code);
      case FLOAT -> operands.finishFloat(code);
      case NONE -> {}
    }
  }

  /** Emits a branch's condition: leaves an int that is not 0 if it is taken. */
  public static void condition(CodeBuilder code, Instruction row, OperandAccess operands) {
    arguments(code, row.shape(), operands);
    call(code, row);
  }

  private static void arguments(CodeBuilder code, Shape shape, OperandAccess operands) {
    switch (shape) {
      case ALU_RR, BRANCH -> {
        operands.pushInteger(code, Field.RS1);
        operands.pushInteger(code, Field.RS2);
      }
      case ALU_R -> operands.pushInteger(code, Field.RS1);
      case ALU_RI -> {
        operands.pushInteger(code, Field.RS1);
        operands.pushImmediate(code);
      }
      case ALU_PC -> {
        operands.pushPc(code);
        operands.pushImmediate(code);
      }
      case LOAD, FLOAD -> {
        operands.pushHart(code);
        operands.pushTlbTable(code);
        address(code, operands);
      }
      case STORE -> {
        operands.pushHart(code);
        operands.pushTlbTable(code);
        address(code, operands);
        operands.pushInteger(code, Field.RS2);
      }
      case FSTORE -> {
        operands.pushHart(code);
        operands.pushTlbTable(code);
        address(code, operands);
        operands.pushFloat(code, Field.RS2);
      }
      case AMO -> {
        operands.pushHart(code);
        operands.pushInteger(code, Field.RS1);
        operands.pushInteger(code, Field.RS2);
      }
      case F_F, F_FF, F_FFF, X_F, X_FF, F_X -> {
        push(code, operands, shape.first(), Field.RS1);
        push(code, operands, shape.second(), Field.RS2);
        push(code, operands, shape.third(), Field.RS3);
        operands.pushRoundingMode(code);
        operands.pushFloatEnvironment(code);
      }
      case CSR, SYSTEM, JAL, JALR, PSEUDO -> throw new IllegalArgumentException(shape.name());
    }
  }

  private static void address(CodeBuilder code, OperandAccess operands) {
    operands.pushInteger(code, Field.RS1);
    operands.pushImmediate(code);
    code.ladd();
  }

  private static void push(
      CodeBuilder code, OperandAccess operands, RegisterFile file, Field field) {
    switch (file) {
      case INTEGER -> operands.pushInteger(code, field);
      case FLOAT -> operands.pushFloat(code, field);
      case NONE -> {}
    }
  }
}
