package org.javisor.riscv.fp;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.javisor.riscv.semantics.FloatSemantics;

/** An instruction under test; the list of them is what {@link FloatSemantics} declares. */
record FloatOperation(String name, int operands, MethodHandle handle) {

  /** Result register and flags of one execution. */
  record Outcome(long bits, int flags) {
    @Override
    public String toString() {
      return "%016x flags %02x".formatted(bits, flags);
    }
  }

  static List<FloatOperation> all() {
    return Arrays.stream(FloatSemantics.class.getDeclaredMethods())
        .filter(m -> Modifier.isPublic(m.getModifiers()))
        .sorted(Comparator.comparing(Method::getName))
        .map(FloatOperation::of)
        .toList();
  }

  private static FloatOperation of(Method method) {
    int operands = method.getParameterCount() - 2;
    try {
      MethodHandle direct = MethodHandles.lookup().unreflect(method);
      MethodHandle handle =
          operands == 3
              ? direct
              : MethodHandles.dropArguments(
                  direct, operands, operands == 2 ? List.of(long.class) : twoLongs());
      return new FloatOperation(method.getName(), operands, handle);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Class<?>> twoLongs() {
    return List.of(long.class, long.class);
  }

  Outcome execute(long a, long b, long c, int rm, int flagsBefore) {
    FloatEnvironment e = new FloatEnvironment();
    e.flags = flagsBefore;
    try {
      long bits = (long) handle.invokeExact(a, b, c, rm, e);
      return new Outcome(bits, e.flags);
    } catch (Throwable t) {
      throw new AssertionError(name, t);
    }
  }

  /** The assembler's spelling. */
  String mnemonic() {
    return name.replace('_', '.');
  }

  /** Whether the first operand is an integer register. */
  boolean takesInteger() {
    return name.matches("fcvt_[sd]_[wl]u?|fmv_[wd]_x");
  }

  /** Whether the result is an integer register. */
  boolean givesInteger() {
    return name.matches("fcvt_[wl]u?_[sd]|fmv_x_[wd]|f(eq|lt|le|class)_[sd]");
  }

  /** Whether the operands in floating-point registers are single precision. */
  boolean takesSingle() {
    return name.endsWith("_s");
  }
}
