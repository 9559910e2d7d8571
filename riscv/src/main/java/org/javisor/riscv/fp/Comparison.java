package org.javisor.riscv.fp;

/**
 * Comparisons, minimum and maximum, and classification, all on encodings (RISC-V unprivileged
 * specification, "F" extension, sections "Single-Precision Floating-Point Compare Instructions" and
 * "Classify Instruction").
 */
final class Comparison {
  private Comparison() {}

  /** a = b; a quiet NaN compares unequal without a flag, a signaling one raises NV. */
  static boolean equal(BinaryFormat f, long a, long b, FloatEnvironment e) {
    if (f.isNaN(a) || f.isNaN(b)) {
      f.propagateNaN(a, b, e);
      return false;
    }
    return a == b || (f.isZero(a) && f.isZero(b));
  }

  /** a &lt; b; any NaN raises NV. */
  static boolean less(BinaryFormat f, long a, long b, FloatEnvironment e) {
    if (f.isNaN(a) || f.isNaN(b)) {
      f.invalid(e);
      return false;
    }
    return !(f.isZero(a) && f.isZero(b)) && precedes(f, a, b);
  }

  /** a &lt;= b; any NaN raises NV. */
  static boolean lessOrEqual(BinaryFormat f, long a, long b, FloatEnvironment e) {
    if (f.isNaN(a) || f.isNaN(b)) {
      f.invalid(e);
      return false;
    }
    return a == b || (f.isZero(a) && f.isZero(b)) || precedes(f, a, b);
  }

  /** minimumNumber of IEEE 754-2019 section 9.6: a NaN loses to a number, -0 is below +0. */
  static long minimum(BinaryFormat f, long a, long b, FloatEnvironment e) {
    if (f.isNaN(a) || f.isNaN(b)) {
      return numberOf(f, a, b, e);
    }
    return precedes(f, b, a) ? b : a;
  }

  /** maximumNumber of IEEE 754-2019 section 9.6. */
  static long maximum(BinaryFormat f, long a, long b, FloatEnvironment e) {
    if (f.isNaN(a) || f.isNaN(b)) {
      return numberOf(f, a, b, e);
    }
    return precedes(f, a, b) ? b : a;
  }

  /** The ten-bit mask of the FCLASS instructions, exactly one bit set. */
  static long classify(BinaryFormat f, long a) {
    if (f.isNaN(a)) {
      return f.isSignalingNaN(a) ? 1L << 8 : 1L << 9;
    }
    int distanceFromZero;
    if (f.isInfinite(a)) {
      distanceFromZero = 3;
    } else if (f.isZero(a)) {
      distanceFromZero = 0;
    } else {
      distanceFromZero = f.isSubnormal(a) ? 1 : 2;
    }
    return f.isNegative(a) ? 1L << (3 - distanceFromZero) : 1L << (4 + distanceFromZero);
  }

  /** Total order of encodings that are no NaN: -0 before +0. */
  private static boolean precedes(BinaryFormat f, long a, long b) {
    if (f.isNegative(a) != f.isNegative(b)) {
      return f.isNegative(a);
    }
    return f.isNegative(a) ? f.magnitude(a) > f.magnitude(b) : f.magnitude(a) < f.magnitude(b);
  }

  /** The operand that is a number, or the canonical NaN if neither is. */
  private static long numberOf(BinaryFormat f, long a, long b, FloatEnvironment e) {
    long nan = f.propagateNaN(a, b, e);
    if (!f.isNaN(a)) {
      return a;
    }
    return f.isNaN(b) ? nan : b;
  }
}
