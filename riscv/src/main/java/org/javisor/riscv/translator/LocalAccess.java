package org.javisor.riscv.translator;

import static java.lang.constant.ConstantDescs.CD_Double;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.MethodTypeDesc;
import org.javisor.riscv.codegen.MeaningCalls;
import org.javisor.riscv.codegen.OperandAccess;
import org.javisor.riscv.isa.Decoded;
import org.javisor.riscv.isa.Instruction;
import org.javisor.riscv.isa.Shape;

/**
 * Guest registers in JVM locals, the parts of an instruction as constants: what translated code
 * does. Integer registers are longs, floating-point registers doubles with the same bits, so that
 * arithmetic on them needs no moves between the host's register files.
 */
final class LocalAccess implements OperandAccess {
  // Local variables of Unit.run; a long takes two.
  static final int HART = 1;
  static final int PC = 2;
  static final int DEPTH = 4;
  static final int REGISTERS = 5;

  /** Virtual address of the page with the entry. */
  static final int BASE = 7;

  /** Instructions retired since the hart was told last. */
  static final int COUNT = 9;

  /** Which instruction is being executed, for those that may trap. */
  static final int WHERE = 10;

  /** Where execution goes on outside. */
  static final int NEXT = 11;

  static final int RAISED = 13;
  static final int FLOATS = 14;
  static final int UNIT = 15;

  /** The hart's current soft-TLB table. */
  static final int TLB = 16;

  /** Of a load or store. */
  static final int ADDRESS = 18;

  /** Its place in the soft TLB. */
  static final int ENTRY = 20;

  private static final int FIRST_REGISTER = 22;

  /** First of those that meanings use inside. */
  static final int SCRATCH = FIRST_REGISTER + 2 * 64;

  private static final MethodTypeDesc TO_BITS = MethodTypeDesc.of(CD_long, CD_double);
  private static final MethodTypeDesc FROM_BITS = MethodTypeDesc.of(CD_double, CD_long);

  private Block.Step step = new Block.Step(0, 0);

  /** Whether floating point is known to be in use at this place of the block. */
  private boolean floatsUsed;

  /** The local of a register: n for xn, 32 + n for fn. */
  static int local(int register) {
    return FIRST_REGISTER + 2 * register;
  }

  /** A block begins, or floating point may have been switched off. */
  void forgetFloats() {
    floatsUsed = false;
  }

  /** Before a load or store of a float: leaves if floating point is not in use. */
  void checkFloats(CodeBuilder code, Instruction row, Label otherwise) {
    boolean isFloat = row.shape() == Shape.FLOAD || row.shape() == Shape.FSTORE;
    if (!isFloat || floatsUsed) {
      return;
    }
    code.aload(HART)
        .invokevirtual(MeaningCalls.HART, "floatsInUse", MethodTypeDesc.of(CD_boolean))
        .ifeq(otherwise);
    floatsUsed = true;
  }

  void at(Block.Step now) {
    step = now;
  }

  static void pushAddress(CodeBuilder code, int offset) {
    code.lload(BASE);
    if (offset != 0) {
      code.loadConstant((long) offset).ladd();
    }
  }

  static void pushInteger(CodeBuilder code, int number) {
    if (number == 0) {
      code.lconst_0();
    } else {
      code.lload(local(number));
    }
  }

  @Override
  public void pushHart(CodeBuilder code) {
    code.aload(HART);
  }

  @Override
  public void pushTlbTable(CodeBuilder code) {
    code.lload(TLB);
  }

  @Override
  public void pushInteger(CodeBuilder code, Field field) {
    pushInteger(code, number(field));
  }

  @Override
  public void pushFloat(CodeBuilder code, Field field) {
    code.dload(local(32 + number(field))).invokestatic(CD_Double, "doubleToRawLongBits", TO_BITS);
  }

  @Override
  public void pushImmediate(CodeBuilder code) {
    code.loadConstant(Decoded.immediate(step.decoded()));
  }

  @Override
  public void pushPc(CodeBuilder code) {
    pushAddress(code, step.offset());
  }

  @Override
  public void pushRoundingMode(CodeBuilder code) {
    int mode = Decoded.rm(step.decoded());
    if (mode == Decoded.DYNAMIC_ROUNDING) {
      code.aload(HART)
          .loadConstant(mode)
          .invokevirtual(MeaningCalls.HART, "roundingMode", MethodTypeDesc.of(CD_int, CD_int));
    } else {
      code.loadConstant(mode);
    }
  }

  @Override
  public void pushFloatEnvironment(CodeBuilder code) {
    code.aload(FLOATS);
  }

  @Override
  public void useFloats(CodeBuilder code) {
    if (!floatsUsed) {
      MeaningCalls.useFloats(code, this);
      floatsUsed = true;
    }
  }

  @Override
  public void callMeaning(CodeBuilder code, Instruction row) {
    MeaningCalls.callOrInline(code, row, SCRATCH);
  }

  @Override
  public void prepareInteger(CodeBuilder code) {}

  @Override
  public void finishInteger(CodeBuilder code) {
    int rd = Decoded.rd(step.decoded());
    if (rd == Decoded.SINK) {
      code.pop2();
    } else {
      code.lstore(local(rd));
    }
  }

  @Override
  public void prepareFloat(CodeBuilder code) {}

  @Override
  public void finishFloat(CodeBuilder code) {
    code.invokestatic(CD_Double, "longBitsToDouble", FROM_BITS)
        .dstore(local(32 + Decoded.rd(step.decoded())));
  }

  private int number(Field field) {
    return switch (field) {
      case RS1 -> Decoded.rs1(step.decoded());
      case RS2 -> Decoded.rs2(step.decoded());
      case RS3 -> Decoded.rs3(step.decoded());
    };
  }
}
