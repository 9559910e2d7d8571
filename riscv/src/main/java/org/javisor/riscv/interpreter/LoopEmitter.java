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
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.javisor.riscv.codegen.MeaningCalls;
import org.javisor.riscv.codegen.OperandAccess;
import org.javisor.riscv.isa.Instruction;
import org.javisor.riscv.isa.Shape;

/**
 * Emits the interpreter loop, {@link Dispatch#run}.
 *
 * <pre>
 * dispatch   decoded = slots[index]; count++; switch on its opcode
 *   a straight row   its meaning;               advance: index += its length; dispatch
 *   another group    a call of its method;      advance
 *   a jump           index = target;            leave if attention or limit; dispatch
 *     out of the page, or the page's end:       leave if attention or limit; fetch; dispatch
 *   a system row     pc into the hart; call;    as a jump to the hart's next pc
 *   undecoded        decode; switch again
 *   translated       leave
 * </pre>
 *
 * <p>{@code index} stays that of the instruction being executed until it is done, so one exception
 * handler finds the precise pc of any trap without anything stored beforehand.
 */
final class LoopEmitter {
  private static final ClassDesc HART = MeaningCalls.HART;
  private static final MethodTypeDesc GET_INT = MethodTypeDesc.of(CD_int);
  private static final MethodTypeDesc GET_LONGS = MethodTypeDesc.of(CD_long.arrayType());
  private static final MethodTypeDesc GET_LONG = MethodTypeDesc.of(CD_long);
  private static final MethodTypeDesc SET_LONG = MethodTypeDesc.of(CD_void, CD_long);

  private static final long PAGE_OFFSET = 4095;
  private static final int SLOT_MASK = 2047;
  private static final int OPCODE_MASK = 0x1ff;
  private static final int LENGTH_BIT = 9;

  // Local variables; a long takes two.
  private static final int LOCAL_HART = 1;
  private static final int SLOTS = 2;
  private static final int INDEX = 3;
  private static final int BASE = 4;
  private static final int LIMIT = 6;
  private static final int COUNT = 7;
  private static final int DECODED = 8;
  private static final int REGISTERS = 10;
  private static final int PC = 12;
  private static final int TARGET = 14;
  private static final int RAISED = 15;

  private final CodeBuilder code;
  private final RegisterFileAccess operands =
      new RegisterFileAccess(LOCAL_HART, REGISTERS, DECODED, c -> pushAddress(INDEX));

  private final Label dispatch;
  private final Label decoded;
  private final Label advance;
  private final Label jump;
  private final Label jumpInPage;
  private final Label undecoded;
  private final Label translated;
  private final Label system;
  private final Label otherPage;
  private final Label leaveHere;
  private final Label leave;

  LoopEmitter(CodeBuilder code) {
    this.code = code;
    dispatch = code.newLabel();
    decoded = code.newLabel();
    advance = code.newLabel();
    jump = code.newLabel();
    jumpInPage = code.newLabel();
    undecoded = code.newLabel();
    translated = code.newLabel();
    system = code.newLabel();
    otherPage = code.newLabel();
    leaveHere = code.newLabel();
    leave = code.newLabel();
  }

  void emit() {
    code.aload(LOCAL_HART).invokevirtual(HART, "registers", GET_LONGS).astore(REGISTERS);
    code.iconst_0().istore(COUNT);
    Label begin = code.newBoundLabel();
    code.labelBinding(dispatch);
    code.aload(SLOTS).iload(INDEX).laload().lstore(DECODED);
    code.iinc(COUNT, 1);
    code.labelBinding(decoded);
    emitSwitch();
    emitAdvance();
    emitJump();
    emitUndecoded();
    code.labelBinding(translated);
    code.iinc(COUNT, -1).goto_(leaveHere);
    Label end = code.newBoundLabel();
    emitTrapHandler(begin, end);
    emitSystem();
    emitOtherPage();
    emitLeave();
  }

  private void emitSwitch() {
    List<SwitchCase> cases = new ArrayList<>();
    Map<Group, Label> groups = new EnumMap<>(Group.class);
    for (Group group : Group.values()) {
      groups.put(group, group == Group.SYSTEM ? system : code.newLabel());
    }
    List<Instruction> inLoop = Group.LOOP.rows();
    cases.add(SwitchCase.of(Instruction.UNDECODED.opcode(), undecoded));
    cases.add(SwitchCase.of(Instruction.TRANSLATED.opcode(), translated));
    for (int opcode = 0; opcode < Instruction.count(); opcode++) {
      Instruction row = Instruction.of(opcode);
      if (row.isReal()) {
        boolean own = inLoop.contains(row) || row == Instruction.FENCE;
        Label label = own ? code.newLabel() : groups.get(Group.of(row));
        cases.add(SwitchCase.of(opcode, label));
      }
    }
    pushOpcode(code, DECODED);
    code.tableswitch(0, Instruction.count() - 1, system, cases);
    for (SwitchCase one : cases) {
      Instruction row = Instruction.of(one.caseValue());
      if (row.isReal() && Group.of(row) == Group.LOOP) {
        code.labelBinding(one.target());
        emitRow(row);
      } else if (row == Instruction.FENCE) {
        // A system row in the table, but it has no use for the pc, and kernels are full of it.
        code.labelBinding(one.target());
        code.aload(LOCAL_HART).lload(DECODED);
        MeaningCalls.call(code, row);
        code.goto_(advance);
      }
    }
    for (Group group : Group.values()) {
      if (group != Group.LOOP && group != Group.SYSTEM) {
        code.labelBinding(groups.get(group));
        emitGroupCall(group);
        code.goto_(advance);
      }
    }
  }

  private void emitGroupCall(Group group) {
    code.aload(LOCAL_HART)
        .aload(REGISTERS)
        .lload(DECODED)
        .invokestatic(DispatchGenerator.SELF, group.methodName(), DispatchGenerator.GROUP_TYPE);
  }

  private void emitRow(Instruction row) {
    if (row.shape() == Shape.BRANCH) {
      MeaningCalls.condition(code, row, operands);
      code.ifeq(advance);
      pushRelativeTarget();
      code.goto_(jump);
    } else if (row.shape() == Shape.JAL) {
      emitLink();
      pushRelativeTarget();
      code.goto_(jump);
    } else if (row.shape() == Shape.JALR) {
      operands.pushInteger(code, OperandAccess.Field.RS1);
      operands.pushImmediate(code);
      code.ladd().loadConstant(-2L).land().lstore(PC);
      emitLink();
      code.lload(PC).lload(BASE).lxor().bipush(12).lushr().lconst_0().lcmp().ifne(otherPage);
      code.lload(PC).l2i().iconst_1().iushr().loadConstant(SLOT_MASK).iand().istore(INDEX);
      code.goto_(jumpInPage);
    } else {
      MeaningCalls.straight(code, row, operands);
      code.goto_(advance);
    }
  }

  private void emitLink() {
    operands.prepareInteger(code);
    pushNextAddress();
    operands.finishInteger(code);
  }

  /** Sets the target slot of a jump, which may lie outside of the page. */
  private void pushRelativeTarget() {
    code.iload(INDEX).lload(DECODED).bipush(33).lshr().l2i().iadd().istore(TARGET);
  }

  private void emitAdvance() {
    code.labelBinding(advance);
    pushNextIndex();
    code.istore(INDEX).goto_(dispatch);
  }

  private void emitJump() {
    Label outside = code.newLabel();
    code.labelBinding(jump);
    code.iload(TARGET).loadConstant(~SLOT_MASK).iand().ifne(outside);
    code.iload(TARGET).istore(INDEX);
    code.labelBinding(jumpInPage);
    branchIfToLeave(leaveHere);
    code.goto_(dispatch);
    code.labelBinding(outside);
    pushAddress(TARGET);
    code.lstore(PC).goto_(otherPage);
    code.labelBinding(leaveHere);
    pushAddress(INDEX);
    code.lstore(PC).goto_(leave);
  }

  private void branchIfToLeave(Label target) {
    code.aload(LOCAL_HART).invokevirtual(HART, "attention", GET_INT).ifne(target);
    code.iload(COUNT).iload(LIMIT).if_icmpge(target);
  }

  private void emitUndecoded() {
    Label within = code.newLabel();
    code.labelBinding(undecoded);
    // A single step ends here: only the slot to be executed was filled.
    code.iload(COUNT).iload(LIMIT).if_icmple(within);
    code.iinc(COUNT, -1).goto_(leaveHere);
    code.labelBinding(within);
    code.aload(LOCAL_HART)
        .lload(BASE)
        .iload(INDEX)
        .invokestatic(
            MeaningCalls.desc(Interpreter.class),
            "decode",
            MethodTypeDesc.of(CD_long, HART, CD_long, CD_int))
        .lstore(DECODED);
    code.lload(DECODED).lconst_0().lcmp().ifne(decoded);
    code.iinc(COUNT, -1);
    pushAddress(INDEX);
    code.lstore(PC).goto_(otherPage);
  }

  private void emitTrapHandler(Label begin, Label end) {
    Label handler = code.newBoundLabel();
    code.exceptionCatch(begin, end, handler, MeaningCalls.TRAP);
    code.astore(RAISED);
    code.aload(LOCAL_HART);
    pushAddress(INDEX);
    code.invokevirtual(HART, "setPc", SET_LONG);
    pushCount(-1);
    emitRaise();
  }

  /** Counts the instructions on the stack as retired and delivers the trap. */
  private void emitRaise() {
    code.invokevirtual(HART, "retire", SET_LONG);
    code.aload(LOCAL_HART)
        .aload(RAISED)
        .invokevirtual(HART, "raise", MethodTypeDesc.of(CD_void, MeaningCalls.TRAP))
        .return_();
  }

  /** Traps go to the caller of the loop: pc is up to date. */
  private void emitSystem() {
    code.labelBinding(system);
    code.aload(LOCAL_HART);
    pushAddress(INDEX);
    code.invokevirtual(HART, "setPc", SET_LONG);
    code.aload(LOCAL_HART);
    pushNextAddress();
    code.invokevirtual(HART, "setNext", SET_LONG);
    pushCount(-1);
    code.invokevirtual(HART, "retire", SET_LONG);
    code.iload(LIMIT).iload(COUNT).isub().istore(LIMIT);
    code.iconst_0().istore(COUNT);
    emitGroupCall(Group.SYSTEM);
    code.aload(LOCAL_HART).lconst_1().invokevirtual(HART, "retire", SET_LONG);
    code.aload(LOCAL_HART).invokevirtual(HART, "nextPc", GET_LONG).lstore(PC);
    code.goto_(otherPage);
  }

  private void emitOtherPage() {
    code.labelBinding(otherPage);
    branchIfToLeave(leave);
    code.aload(LOCAL_HART).lload(PC).invokevirtual(HART, "setPc", SET_LONG);
    Label begin = code.newBoundLabel();
    code.aload(LOCAL_HART)
        .lload(PC)
        .invokevirtual(HART, "fetch", MethodTypeDesc.of(CD_long.arrayType(), CD_long))
        .astore(SLOTS);
    Label end = code.newBoundLabel();
    code.lload(PC).l2i().iconst_1().iushr().loadConstant(SLOT_MASK).iand().istore(INDEX);
    code.lload(PC).loadConstant(~PAGE_OFFSET).land().lstore(BASE);
    code.goto_(dispatch);
    Label handler = code.newBoundLabel();
    code.exceptionCatch(begin, end, handler, MeaningCalls.TRAP);
    code.astore(RAISED);
    pushCount(0);
    emitRaise();
  }

  private void emitLeave() {
    code.labelBinding(leave);
    code.aload(LOCAL_HART).lload(PC).invokevirtual(HART, "setPc", SET_LONG);
    pushCount(0);
    code.invokevirtual(HART, "retire", SET_LONG);
    code.return_();
  }

  /** Pushes the hart and the count plus something, as a long. */
  private void pushCount(int more) {
    code.aload(LOCAL_HART).iload(COUNT).loadConstant(more).iadd().i2l();
  }

  private void pushNextIndex() {
    code.iload(INDEX).iconst_1().iadd();
    code.lload(DECODED).l2i().bipush(LENGTH_BIT).iushr().iconst_1().iand().iadd();
  }

  private void pushNextAddress() {
    pushNextIndex();
    code.iconst_1().ishl().i2l().lload(BASE).ladd();
  }

  /** Pushes the virtual address of the slot whose number a local variable holds. */
  private void pushAddress(int local) {
    code.iload(local).iconst_1().ishl().i2l().lload(BASE).ladd();
  }

  static void pushOpcode(CodeBuilder code, int decodedLocal) {
    code.lload(decodedLocal).l2i().loadConstant(OPCODE_MASK).iand();
  }
}
