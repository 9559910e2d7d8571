package org.javisor.riscv.fp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.javisor.riscv.fp.FloatOperation.Outcome;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every instruction in every rounding mode against arithmetic on exact numbers. */
class FloatReferenceTest {
  private static final long SEED = 0x5eed_f10a7L;

  static Stream<FloatOperation> operations() {
    return FloatOperation.all().stream();
  }

  @ParameterizedTest
  @MethodSource("operations")
  void specialValues(FloatOperation operation) {
    if (operation.takesInteger()) {
      for (int bit = 0; bit < 64; bit++) {
        for (long delta = -1; delta <= 1; delta++) {
          check(operation, (1L << bit) + delta, 0, 0);
          check(operation, -(1L << bit) + delta, 0, 0);
        }
      }
      return;
    }
    BinaryFormat f = operation.takesSingle() ? BinaryFormat.SINGLE : BinaryFormat.DOUBLE;
    List<Long> values = OperandSource.specials(f);
    for (int i = 0; i < values.size(); i++) {
      for (int j = 0; j < (operation.operands() > 1 ? values.size() : 1); j++) {
        // All triples would be too many: the third operand walks with a stride.
        for (int k = 0; k < (operation.operands() > 2 ? values.size() : 1); k += 1 + (i + j) % 9) {
          check(
              operation,
              OperandSource.register(f, values.get(i)),
              OperandSource.register(f, values.get(j)),
              OperandSource.register(f, values.get(k)));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("operations")
  void randomValues(FloatOperation operation) {
    checkRandom(operation, SEED, 5_000);
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("operations")
  void manyRandomValues(FloatOperation operation) {
    checkRandom(operation, System.nanoTime(), 2_000_000);
  }

  private static void checkRandom(FloatOperation operation, long seed, int count) {
    OperandSource operands = new OperandSource(new SplittableRandom(seed));
    for (int i = 0; i < count; i++) {
      long[] o = operands.next(operation);
      check(operation, o[0], o[1], o[2]);
    }
  }

  /** A register without a NaN box is a NaN to single-precision instructions and nothing else. */
  @ParameterizedTest
  @MethodSource("operations")
  void unboxedSingles(FloatOperation operation) {
    long one = 0x3f800000L;
    long boxed = OperandSource.register(BinaryFormat.SINGLE, one);
    for (long unboxed : new long[] {one, 0x7fffffff_00000000L | one, 0xfffffffe_00000000L | one}) {
      check(operation, unboxed, boxed, boxed);
      check(operation, boxed, unboxed, boxed);
      check(operation, boxed, boxed, unboxed);
    }
  }

  private static void check(FloatOperation operation, long a, long b, long c) {
    for (int rm = 0; rm < 5; rm++) {
      Outcome expected = ReferenceFloat.execute(operation.name(), a, b, c, rm);
      for (int before = 0; before < 2; before++) {
        Outcome actual = operation.execute(a, b, c, rm, before);
        if (actual.bits() != expected.bits() || actual.flags() != (expected.flags() | before)) {
          assertThat(actual)
              .as(
                  "%s of %016x %016x %016x, rounding mode %d, flags before %d",
                  operation.name(), a, b, c, rm, before)
              .isEqualTo(new Outcome(expected.bits(), expected.flags() | before));
        }
      }
    }
  }
}
