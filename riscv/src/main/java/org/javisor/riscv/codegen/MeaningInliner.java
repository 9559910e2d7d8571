package org.javisor.riscv.codegen;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.IncrementInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.LookupSwitchInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.classfile.instruction.TableSwitchInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.javisor.riscv.semantics.BitmanipSemantics;
import org.javisor.riscv.semantics.IntegerSemantics;
import org.jspecify.annotations.Nullable;

/**
 * Copies the bytecode of small meanings to where they would be called.
 *
 * <p>The JVM would inline them too, but until its best compiler gets to it a call of a method that
 * adds two numbers costs more than the addition, and its profile is one for all callers.
 */
final class MeaningInliner {
  private static final Map<ClassDesc, Map<String, CodeModel>> METHODS = methods();

  /** {@code if (a ? b) return true; else return false} as javac compiles it. */
  private static final int CONDITION_TAIL = 6;

  private final CodeBuilder code;

  private MeaningInliner(CodeBuilder code) {
    this.code = code;
  }

  /**
   * Emits a method's body instead of its call; the arguments are on the stack.
   *
   * @param local first of the local variables it may use
   * @return false if it is none of those that are copied; nothing has been emitted then
   */
  static boolean inline(
      CodeBuilder code, ClassDesc owner, String name, MethodTypeDesc type, int local) {
    CodeModel model = find(owner, name, type);
    if (model == null) {
      return false;
    }
    new MeaningInliner(code).body(elements(model), type, local, maxLocals(model));
    return true;
  }

  /**
   * Emits a condition's body and a branch to {@code otherwise} if it does not hold.
   *
   * @return false if it is none of those that are copied; nothing has been emitted then
   */
  static boolean inlineCondition(
      CodeBuilder code,
      ClassDesc owner,
      String name,
      MethodTypeDesc type,
      int local,
      Label otherwise) {
    CodeModel model = find(owner, name, type);
    if (model == null) {
      return false;
    }
    List<CodeElement> elements = elements(model);
    int branch = branchOfCondition(elements);
    if (branch < 0) {
      return false;
    }
    Opcode opcode = ((BranchInstruction) elements.get(branch)).opcode();
    new MeaningInliner(code).body(elements.subList(0, branch), type, local, maxLocals(model));
    code.branch(opcode, otherwise);
    return true;
  }

  /** Where the one branch is, if a body ends with turning it into a boolean. */
  private static int branchOfCondition(List<CodeElement> elements) {
    List<CodeElement> real =
        elements.stream().filter(element -> !(element instanceof LabelTarget)).toList();
    if (real.size() < CONDITION_TAIL) {
      return -1;
    }
    List<CodeElement> tail = real.subList(real.size() - 5, real.size());
    boolean matches =
        tail.get(0) instanceof BranchInstruction branch
            && branch.opcode() != Opcode.GOTO
            && tail.get(1) instanceof ConstantInstruction one
            && one.constantValue().equals(1)
            && tail.get(2) instanceof BranchInstruction skip
            && skip.opcode() == Opcode.GOTO
            && tail.get(3) instanceof ConstantInstruction zero
            && zero.constantValue().equals(0)
            && tail.get(4) instanceof ReturnInstruction;
    return matches ? elements.indexOf(tail.get(0)) : -1;
  }

  private void body(List<CodeElement> elements, MethodTypeDesc type, int local, int maxLocals) {
    int start = parametersOnStack(elements, type);
    if (start == 0) {
      storeParameters(type, local);
    }
    Map<Label, Label> labels = new HashMap<>();
    Label end = code.newLabel();
    for (int i = start; i < elements.size(); i++) {
      boolean last = i == elements.size() - 1;
      switch (elements.get(i)) {
        case LoadInstruction load -> code.loadLocal(load.typeKind(), local + load.slot());
        case StoreInstruction store -> code.storeLocal(store.typeKind(), local + store.slot());
        case IncrementInstruction increment ->
            code.iinc(local + increment.slot(), increment.constant());
        case ReturnInstruction _ -> {
          if (!last) {
            code.goto_(end);
          }
        }
        case BranchInstruction branch ->
            code.branch(branch.opcode(), label(labels, branch.target()));
        case LabelTarget target -> code.labelBinding(label(labels, target.label()));
        case InvokeInstruction call -> {
          if (!inline(
              code,
              call.owner().asSymbol(),
              call.name().stringValue(),
              call.typeSymbol(),
              local + maxLocals)) {
            code.with(call);
          }
        }
        case CodeElement other -> code.with(other);
      }
    }
    code.labelBinding(end);
  }

  private Label label(Map<Label, Label> labels, Label theirs) {
    return labels.computeIfAbsent(theirs, key -> code.newLabel());
  }

  /** If a body only pushes its parameters in order first: how many of its elements do that. */
  private static int parametersOnStack(List<CodeElement> elements, MethodTypeDesc type) {
    int count = type.parameterCount();
    int slot = 0;
    for (int i = 0; i < count; i++) {
      if (!(elements.get(i) instanceof LoadInstruction load) || load.slot() != slot) {
        return 0;
      }
      slot += load.typeKind().slotSize();
    }
    for (CodeElement element : elements.subList(count, elements.size())) {
      if ((element instanceof LoadInstruction load && load.slot() < slot)
          || (element instanceof StoreInstruction store && store.slot() < slot)) {
        return 0;
      }
    }
    return count;
  }

  private void storeParameters(MethodTypeDesc type, int local) {
    int slot = local;
    List<Integer> slots = new ArrayList<>();
    for (ClassDesc parameter : type.parameterList()) {
      slots.add(slot);
      slot += TypeKind.from(parameter).slotSize();
    }
    for (int i = type.parameterCount() - 1; i >= 0; i--) {
      code.storeLocal(TypeKind.from(type.parameterType(i)), slots.get(i));
    }
  }

  private static List<CodeElement> elements(CodeModel model) {
    return model
        .elementStream()
        .filter(element -> element instanceof Instruction || element instanceof LabelTarget)
        .toList();
  }

  private static int maxLocals(CodeModel model) {
    return ((CodeAttribute) model).maxLocals();
  }

  private static @Nullable CodeModel find(ClassDesc owner, String name, MethodTypeDesc type) {
    Map<String, CodeModel> methods = METHODS.get(owner);
    return methods == null ? null : methods.get(name + type.descriptorString());
  }

  private static Map<ClassDesc, Map<String, CodeModel>> methods() {
    Map<ClassDesc, Map<String, CodeModel>> all = new HashMap<>();
    for (Class<?> owner : List.of(IntegerSemantics.class, BitmanipSemantics.class)) {
      Map<String, CodeModel> methods = new HashMap<>();
      for (MethodModel method : parse(owner).methods()) {
        CodeModel model = method.code().orElse(null);
        if (model != null && isSimple(model)) {
          methods.put(method.methodName().stringValue() + method.methodType().stringValue(), model);
        }
      }
      all.put(MeaningCalls.desc(owner), methods);
    }
    return all;
  }

  /** No loops, switches or handlers. */
  private static boolean isSimple(CodeModel model) {
    List<Label> seen = new ArrayList<>();
    for (CodeElement element : model.elementList()) {
      switch (element) {
        case LabelTarget target -> seen.add(target.label());
        case BranchInstruction branch when seen.contains(branch.target()) -> {
          return false;
        }
        case LookupSwitchInstruction _ -> {
          return false;
        }
        case TableSwitchInstruction _ -> {
          return false;
        }
        default -> {}
      }
    }
    return model.exceptionHandlers().isEmpty();
  }

  private static ClassModel parse(Class<?> type) {
    try (InputStream in = type.getResourceAsStream(type.getSimpleName() + ".class")) {
      if (in == null) {
        throw new IllegalStateException("no class file of " + type);
      }
      return ClassFile.of().parse(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
