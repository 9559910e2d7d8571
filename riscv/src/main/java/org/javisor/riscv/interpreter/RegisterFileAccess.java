package org.javisor.riscv.interpreter;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import org.javisor.machine.RawMemory;
import org.javisor.riscv.codegen.MeaningCalls;
import org.javisor.riscv.codegen.OperandAccess;
import org.javisor.riscv.hart.Hart;

/**
 * Guest registers in the hart's register file, instruction parts taken out of the decoded
 * instruction at run time: what the interpreter does.
 *
 * @param hart local variable that holds the hart
 * @param registers local variable that holds the register file
 * @param decoded local variable that holds the decoded instruction
 * @param tlb local variable that holds the address of the soft TLB's table, or 0 to ask the hart
 * @param pc emits a push of the instruction's address
 */
record RegisterFileAccess(int hart, int registers, int decoded, int tlb, Pc pc)
    implements OperandAccess {
  /** Emits a push of the instruction's address, a long. */
  @FunctionalInterface
  interface Pc {
    void push(CodeBuilder code);
  }

  // A field shifted so that it is 8 times the register number.
  private static final int RD_SHIFT = 10 - 3;
  private static final int RS1_SHIFT = 16 - 3;
  private static final int RS2_SHIFT = 21 - 3;
  private static final int RS3_SHIFT = 32 - 3;
  private static final long SOURCE_MASK = 31 << 3;
  private static final long DESTINATION_MASK = 63 << 3;

  private static final ClassDesc RAW_MEMORY = MeaningCalls.desc(RawMemory.class);
  private static final ClassDesc LONGS = ConstantDescs.CD_long.arrayType();
  private static final MethodTypeDesc GET =
      MethodTypeDesc.of(ConstantDescs.CD_long, LONGS, ConstantDescs.CD_long);
  private static final MethodTypeDesc PUT =
      MethodTypeDesc.of(ConstantDescs.CD_void, LONGS, ConstantDescs.CD_long, ConstantDescs.CD_long);

  @Override
  public void pushHart(CodeBuilder code) {
    code.aload(hart);
  }

  @Override
  public void pushTlbTable(CodeBuilder code) {
    if (tlb != 0) {
      code.lload(tlb);
    } else {
      code.aload(hart)
          .invokevirtual(MeaningCalls.HART, "tlbTable", MethodTypeDesc.of(ConstantDescs.CD_long));
    }
  }

  @Override
  public void pushInteger(CodeBuilder code, Field field) {
    pushElement(code, shift(field), SOURCE_MASK);
    code.invokestatic(RAW_MEMORY, "getElement", GET);
  }

  @Override
  public void pushFloat(CodeBuilder code, Field field) {
    pushElement(code, shift(field), SOURCE_MASK);
    code.loadConstant(8L * Hart.FLOAT_REGISTERS).ladd().invokestatic(RAW_MEMORY, "getElement", GET);
  }

  @Override
  public void pushImmediate(CodeBuilder code) {
    code.lload(decoded).bipush(32).lshr();
  }

  @Override
  public void pushPc(CodeBuilder code) {
    pc.push(code);
  }

  @Override
  public void pushRoundingMode(CodeBuilder code) {
    code.aload(hart)
        .lload(decoded)
        .l2i()
        .bipush(26)
        .iushr()
        .bipush(7)
        .iand()
        .invokevirtual(
            MeaningCalls.HART,
            "roundingMode",
            MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_int));
  }

  @Override
  public void pushFloatEnvironment(CodeBuilder code) {
    code.aload(hart)
        .invokevirtual(
            MeaningCalls.HART, "floats", MethodTypeDesc.of(MeaningCalls.FLOAT_ENVIRONMENT));
  }

  @Override
  public void prepareInteger(CodeBuilder code) {
    pushElement(code, RD_SHIFT, DESTINATION_MASK);
  }

  @Override
  public void finishInteger(CodeBuilder code) {
    code.invokestatic(RAW_MEMORY, "putElement", PUT);
  }

  @Override
  public void prepareFloat(CodeBuilder code) {
    pushElement(code, RD_SHIFT, DESTINATION_MASK);
    code.loadConstant(8L * Hart.FLOAT_REGISTERS).ladd();
  }

  @Override
  public void finishFloat(CodeBuilder code) {
    code.invokestatic(RAW_MEMORY, "putElement", PUT);
  }

  /** Pushes the register file and where in it the register in a field is. */
  private void pushElement(CodeBuilder code, int shift, long mask) {
    code.aload(registers).lload(decoded).bipush(shift).lushr().loadConstant(mask).land();
  }

  private static int shift(Field field) {
    return switch (field) {
      case RS1 -> RS1_SHIFT;
      case RS2 -> RS2_SHIFT;
      case RS3 -> RS3_SHIFT;
    };
  }
}
