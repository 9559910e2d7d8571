package org.javisor.riscv.interpreter;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;
import org.javisor.machine.RawMemory;
import org.javisor.riscv.codegen.MeaningCalls;
import org.javisor.riscv.codegen.MemoryAccess;
import org.javisor.riscv.codegen.OperandAccess;
import org.javisor.riscv.hart.CodePage;
import org.javisor.riscv.isa.Instruction;

/**
 * Emits the interpreter loop, {@link Dispatch#run}.
 *
 * <pre>
 * dispatch   decoded = slots[offset]; count++; switch on its opcode
 *   a straight row   its meaning;        advance: offset += its length; dispatch
 *   a jump           offset = target;    leave if attention or limit; dispatch
 *     out of the page:                   leave
 *   anything else    leave with it
 * </pre>
 *
 * <p>There is no call in the loop, not even one that is never made: the JVM's compiler would keep
 * nothing in a register over it, and with everything on the stack the loop takes half as long again
 * (measured). So what may trap or call leaves, and its caller carries it out. For the same reason
 * no two rows compute the same in the same way if only few rows need it: the compiler would do it
 * once, in front of the switch, for all of them.
 */
final class LoopEmitter {
  private static final ClassDesc HART = MeaningCalls.HART;
  private static final ClassDesc LONGS = CD_long.arrayType();
  private static final MethodTypeDesc GET_INT = MethodTypeDesc.of(CD_int);
  private static final MethodTypeDesc GET_LONG = MethodTypeDesc.of(CD_long);
  private static final MethodTypeDesc SET_LONG = MethodTypeDesc.of(CD_void, CD_long);

  static final MethodTypeDesc GET_LONGS = MethodTypeDesc.of(LONGS);
  static final MethodTypeDesc RUN =
      MethodTypeDesc.of(CD_long, HART, LONGS, CD_long, CD_long, CD_int, CD_long);

  private static final int OPCODE_MASK = 0x1ff;
  private static final int LENGTH_SHIFT = 8;

  // Local variables; a long takes two.
  private static final int LOCAL_HART = 1;
  private static final int SLOTS = 2;

  /** In bytes from the start of the page. */
  private static final int OFFSET = 3;

  private static final int BASE = 5;
  private static final int LIMIT = 7;
  private static final int FIRST = 8;
  private static final int COUNT = 10;
  private static final int DECODED = 11;
  private static final int REGISTERS = 13;
  private static final int TLB = 14;
  private static final int TARGET = 16;
  private static final int ADDRESS = 18;
  private static final int ENTRY = 20;

  private final CodeBuilder code;
  private final RegisterFileAccess operands =
      new RegisterFileAccess(LOCAL_HART, REGISTERS, DECODED, TLB, LoopEmitter::pushPc);

  private final MemoryAccess memory;
  private final Label dispatch;
  private final Label decoded;
  private final Label advance;
  private final Label taken;
  private final Label link;
  private final Label other;
  private final Label jumped;

  LoopEmitter(CodeBuilder code) {
    this.code = code;
    memory = new MemoryAccess(code, operands, ADDRESS, ENTRY);
    dispatch = code.newLabel();
    decoded = code.newLabel();
    advance = code.newLabel();
    taken = code.newLabel();
    link = code.newLabel();
    other = code.newLabel();
    jumped = code.newLabel();
  }

  void emit() {
    code.aload(LOCAL_HART).invokevirtual(HART, "registers", GET_LONGS).astore(REGISTERS);
    code.aload(LOCAL_HART).invokevirtual(HART, "tlbTable", GET_LONG).lstore(TLB);
    // Once here, so that there is no test in the loop.
    code.aload(SLOTS).arraylength().pop();
    code.iconst_1().istore(COUNT);
    code.lload(FIRST).lstore(DECODED);
    code.lload(FIRST).lconst_0().lcmp().ifne(decoded);
    code.iconst_0().istore(COUNT);
    code.labelBinding(dispatch);
    pushSlot();
    code.lstore(DECODED);
    code.iinc(COUNT, 1);
    code.labelBinding(decoded);
    emitSwitch();
    emitJump();
    emitLeave();
  }

  /** A slot is 8 bytes for 2 bytes of code; the array has one behind the page's last. */
  private void pushSlot() {
    code.aload(SLOTS)
        .lload(OFFSET)
        .iconst_2()
        .lshl()
        .invokestatic(
            MeaningCalls.desc(RawMemory.class),
            "getElement",
            MethodTypeDesc.of(CD_long, LONGS, CD_long));
  }

  private void emitSwitch() {
    List<SwitchCase> cases = new ArrayList<>();
    for (int opcode = 0; opcode < Instruction.count(); opcode++) {
      Instruction row = Instruction.of(opcode);
      if (row.isReal() && Group.isInLoop(row)) {
        cases.add(SwitchCase.of(opcode, code.newLabel()));
      }
    }
    pushOpcode(code, DECODED);
    code.tableswitch(0, Instruction.count() - 1, other, cases);
    for (SwitchCase one : cases) {
      code.labelBinding(one.target());
      emitRow(Instruction.of(one.caseValue()));
    }
    code.labelBinding(advance);
    pushNextOffset();
    code.lstore(OFFSET).goto_(dispatch);
  }

  private void emitRow(Instruction row) {
    switch (row.shape()) {
      case BRANCH -> {
        MeaningCalls.condition(code, row, operands);
        code.ifeq(advance).goto_(taken);
      }
      case JAL -> {
        code.lload(OFFSET).lload(DECODED).bipush(32).lushr().l2i().i2l().ladd().lstore(TARGET);
        code.goto_(link);
      }
      case JALR -> {
        operands.pushInteger(code, OperandAccess.Field.RS1);
        operands.pushImmediate(code);
        code.ladd().loadConstant(-2L).land().lload(BASE).lsub().lstore(TARGET);
        code.goto_(link);
      }
      case LOAD, STORE -> {
        memory.emit(row, other);
        code.goto_(advance);
      }
      case SYSTEM -> {
        code.aload(LOCAL_HART).lload(DECODED);
        MeaningCalls.call(code, row);
        code.goto_(advance);
      }
      default -> {
        MeaningCalls.straight(code, row, operands);
        code.goto_(advance);
      }
    }
  }

  private void emitJump() {
    Label jump = code.newLabel();
    code.labelBinding(taken);
    code.lload(OFFSET);
    operands.pushImmediate(code);
    code.ladd().lstore(TARGET).goto_(jump);
    code.labelBinding(link);
    operands.prepareInteger(code);
    pushNextOffset();
    code.lload(BASE).ladd();
    operands.finishInteger(code);
    code.labelBinding(jump);
    code.lload(TARGET).lstore(OFFSET);
    code.lload(OFFSET).loadConstant(-(long) CodePage.BYTES).land().lconst_0().lcmp().ifne(jumped);
    code.aload(LOCAL_HART).invokevirtual(HART, "attention", GET_INT).ifne(jumped);
    code.iload(COUNT).iload(LIMIT).if_icmplt(dispatch);
    code.goto_(jumped);
  }

  private void emitLeave() {
    code.labelBinding(other);
    code.iinc(COUNT, -1);
    leave();
    code.lload(DECODED).lreturn();
    code.labelBinding(jumped);
    leave();
    code.loadConstant(Dispatch.JUMPED).lreturn();
  }

  private void leave() {
    code.aload(LOCAL_HART);
    code.lload(OFFSET).lload(BASE).ladd().invokevirtual(HART, "setPc", SET_LONG);
    code.aload(LOCAL_HART).iload(COUNT).i2l().invokevirtual(HART, "retire", SET_LONG);
  }

  private void pushNextOffset() {
    code.lload(OFFSET).loadConstant(2L).ladd();
    code.lload(DECODED).bipush(LENGTH_SHIFT).lushr().loadConstant(2L).land().ladd();
  }

  private static void pushPc(CodeBuilder code) {
    code.lload(OFFSET).lload(BASE).lor();
  }

  static void pushOpcode(CodeBuilder code, int decodedLocal) {
    code.lload(decodedLocal).l2i().loadConstant(OPCODE_MASK).iand();
  }
}
