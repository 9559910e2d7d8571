package org.javisor.riscv.interpreter;

import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.javisor.riscv.codegen.MeaningCalls;
import org.javisor.riscv.codegen.OperandAccess;
import org.javisor.riscv.isa.Instruction;

/**
 * Writes the class of the interpreter from the instruction table: the loop itself ({@link
 * LoopEmitter}), and a method for each {@link Group} of rows that the loop leaves.
 */
final class DispatchGenerator {
  static final ClassDesc SELF =
      ClassDesc.of(DispatchGenerator.class.getPackageName() + ".GeneratedDispatch");

  /** Parameters: hart, register file, decoded instruction. */
  static final MethodTypeDesc GROUP_TYPE =
      MethodTypeDesc.of(CD_void, MeaningCalls.HART, CD_long.arrayType(), CD_long);

  private static final MethodTypeDesc PERFORM =
      MethodTypeDesc.of(CD_void, MeaningCalls.HART, CD_long);

  private static final int PARAMETER_HART = 0;
  private static final int PARAMETER_REGISTERS = 1;
  private static final int PARAMETER_DECODED = 2;

  private DispatchGenerator() {}

  /** Generates the loop and loads it. */
  static Dispatch generate() {
    try {
      Class<?> type = MethodHandles.lookup().defineHiddenClass(write(), true).lookupClass();
      return (Dispatch) type.getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static byte[] write() {
    return ClassFile.of()
        .build(
            SELF,
            type -> {
              type.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER);
              type.withInterfaceSymbols(MeaningCalls.desc(Dispatch.class));
              type.withMethodBody(
                  ConstantDescs.INIT_NAME,
                  ConstantDescs.MTD_void,
                  0,
                  DispatchGenerator::constructor);
              type.withMethodBody(
                  "run",
                  LoopEmitter.RUN,
                  ClassFile.ACC_PUBLIC,
                  code -> new LoopEmitter(code).emit());
              type.withMethodBody(
                  "perform", PERFORM, ClassFile.ACC_PUBLIC, DispatchGenerator::perform);
              for (Group group : Group.values()) {
                type.withMethodBody(
                    group.methodName(),
                    GROUP_TYPE,
                    ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC,
                    code -> groupMethod(code, group));
              }
            });
  }

  private static void constructor(CodeBuilder code) {
    code.aload(0)
        .invokespecial(ConstantDescs.CD_Object, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void)
        .return_();
  }

  private static void perform(CodeBuilder code) {
    int hart = 1;
    int decoded = 2;
    List<SwitchCase> cases = new ArrayList<>();
    Map<Group, Label> groups = new EnumMap<>(Group.class);
    for (Group group : Group.values()) {
      Label label = code.newLabel();
      groups.put(group, label);
      group.rows().forEach(row -> cases.add(SwitchCase.of(row.opcode(), label)));
    }
    LoopEmitter.pushOpcode(code, decoded);
    // What is no instruction is the system group's to refuse.
    code.tableswitch(0, Instruction.count() - 1, groups.get(Group.SYSTEM), cases);
    groups.forEach(
        (group, label) ->
            code.labelBinding(label)
                .aload(hart)
                .aload(hart)
                .invokevirtual(MeaningCalls.HART, "registers", LoopEmitter.GET_LONGS)
                .lload(decoded)
                .invokestatic(SELF, group.methodName(), GROUP_TYPE)
                .return_());
  }

  private static void groupMethod(CodeBuilder code, Group group) {
    OperandAccess operands =
        new RegisterFileAccess(
            PARAMETER_HART,
            PARAMETER_REGISTERS,
            PARAMETER_DECODED,
            0,
            c -> {
              throw new IllegalStateException("only the loop knows the pc");
            });
    List<Instruction> rows = group.rows();
    List<SwitchCase> cases = new ArrayList<>();
    for (Instruction row : rows) {
      cases.add(SwitchCase.of(row.opcode(), code.newLabel()));
    }
    Label other = code.newLabel();
    LoopEmitter.pushOpcode(code, PARAMETER_DECODED);
    code.tableswitch(rows.getFirst().opcode(), rows.getLast().opcode(), other, cases);
    for (int i = 0; i < rows.size(); i++) {
      code.labelBinding(cases.get(i).target());
      if (group == Group.SYSTEM) {
        code.aload(PARAMETER_HART).lload(PARAMETER_DECODED);
        MeaningCalls.call(code, rows.get(i));
      } else {
        MeaningCalls.straight(code, rows.get(i), operands);
      }
      code.return_();
    }
    code.labelBinding(other);
    code.aload(PARAMETER_HART)
        .invokevirtual(
            MeaningCalls.HART, "illegalInstruction", MethodTypeDesc.of(MeaningCalls.TRAP))
        .athrow();
  }
}
