package org.javisor.riscv.fp;

import static org.javisor.riscv.fp.BinaryFormat.DOUBLE;
import static org.javisor.riscv.fp.FloatEnvironment.INEXACT;
import static org.javisor.riscv.fp.FloatEnvironment.NEAREST_EVEN;

/**
 * Arithmetic on binary64 encodings: raw bits in, raw bits out.
 *
 * <p>Every operation has up to three steps. The first is small enough to be inlined everywhere: NX
 * is already set, rounding is to nearest even, and the JVM's result lies where no other flag can be
 * raised. The second, a method of its own, still trusts the JVM's result but finds by an error-free
 * transformation whether it was exact. The third is the operation on integers.
 *
 * <p>The JVM's {@code double} is binary64, rounding to nearest even, subnormals included (Java
 * Language Specification 15.4); only its NaNs are not RISC-V's, so a NaN always goes to step three.
 */
public final class DoubleArithmetic {
  /** Below this magnitude an error term could itself be rounded, so it proves nothing. */
  private static final double SMALLEST_PROVABLE = 0x1p-900;

  /** Above this magnitude an error-free transformation could overflow. */
  private static final double LARGEST_PROVABLE = 0x1p1000;

  private DoubleArithmetic() {}

  /** a + b. */
  public static long add(long a, long b, int rm, FloatEnvironment e) {
    double sum = Double.longBitsToDouble(a) + Double.longBitsToDouble(b);
    // A subnormal sum is exact, so only overflow and NaN need more care.
    if (Math.abs(sum) <= Double.MAX_VALUE && rm == NEAREST_EVEN && (e.flags & INEXACT) != 0) {
      return Double.doubleToRawLongBits(sum);
    }
    return addFlagging(a, b, sum, rm, e);
  }

  /** a - b. */
  public static long subtract(long a, long b, int rm, FloatEnvironment e) {
    double difference = Double.longBitsToDouble(a) - Double.longBitsToDouble(b);
    if (Math.abs(difference) <= Double.MAX_VALUE
        && rm == NEAREST_EVEN
        && (e.flags & INEXACT) != 0) {
      return Double.doubleToRawLongBits(difference);
    }
    // Subtraction is addition of the negative, for NaNs too: their sign never shows in a result.
    return addFlagging(a, DOUBLE.negate(b), difference, rm, e);
  }

  private static long addFlagging(long a, long b, double sum, int rm, FloatEnvironment e) {
    if (rm == NEAREST_EVEN && Math.abs(sum) <= LARGEST_PROVABLE) {
      double error = errorOfSum(Double.longBitsToDouble(a), Double.longBitsToDouble(b), sum);
      if (error == 0) {
        return Double.doubleToRawLongBits(sum);
      }
      if (Math.abs(error) <= Double.MAX_VALUE) {
        e.raise(INEXACT);
        return Double.doubleToRawLongBits(sum);
      }
    }
    return Addition.add(DOUBLE, a, b, rm, e);
  }

  /** Knuth's error-free transformation: a + b = sum + error, exactly. */
  private static double errorOfSum(double a, double b, double sum) {
    double partOfB = sum - a;
    return (a - (sum - partOfB)) + (b - partOfB);
  }

  /** a * b. */
  public static long multiply(long a, long b, int rm, FloatEnvironment e) {
    double product = Double.longBitsToDouble(a) * Double.longBitsToDouble(b);
    if (isSafelyNormal(product) && rm == NEAREST_EVEN && (e.flags & INEXACT) != 0) {
      return Double.doubleToRawLongBits(product);
    }
    return multiplyFlagging(a, b, product, rm, e);
  }

  private static long multiplyFlagging(long a, long b, double product, int rm, FloatEnvironment e) {
    if (rm == NEAREST_EVEN && isProvable(product)) {
      double x = Double.longBitsToDouble(a);
      if (Math.fma(x, Double.longBitsToDouble(b), -product) != 0) {
        e.raise(INEXACT);
      }
      return Double.doubleToRawLongBits(product);
    }
    if (product == 0 && (DOUBLE.isZero(a) || DOUBLE.isZero(b))) {
      return Double.doubleToRawLongBits(product);
    }
    return Multiplication.multiply(DOUBLE, a, b, rm, e);
  }

  /** a / b. */
  public static long divide(long a, long b, int rm, FloatEnvironment e) {
    double quotient = Double.longBitsToDouble(a) / Double.longBitsToDouble(b);
    if (isSafelyNormal(quotient) && rm == NEAREST_EVEN && (e.flags & INEXACT) != 0) {
      return Double.doubleToRawLongBits(quotient);
    }
    return divideFlagging(a, b, quotient, rm, e);
  }

  private static long divideFlagging(long a, long b, double quotient, int rm, FloatEnvironment e) {
    double dividend = Double.longBitsToDouble(a);
    if (rm == NEAREST_EVEN && isProvable(quotient) && isProvable(dividend)) {
      if (Math.fma(quotient, Double.longBitsToDouble(b), -dividend) != 0) {
        e.raise(INEXACT);
      }
      return Double.doubleToRawLongBits(quotient);
    }
    return Division.divide(DOUBLE, a, b, rm, e);
  }

  /** The square root of a. */
  public static long squareRoot(long a, int rm, FloatEnvironment e) {
    double root = Math.sqrt(Double.longBitsToDouble(a));
    // The root of a finite number is always in the normal range, or zero.
    if (isSafelyNormal(root) && rm == NEAREST_EVEN && (e.flags & INEXACT) != 0) {
      return Double.doubleToRawLongBits(root);
    }
    return squareRootFlagging(a, root, rm, e);
  }

  private static long squareRootFlagging(long a, double root, int rm, FloatEnvironment e) {
    double radicand = Double.longBitsToDouble(a);
    if (rm == NEAREST_EVEN && radicand > 0 && isProvable(radicand)) {
      if (Math.fma(root, root, -radicand) != 0) {
        e.raise(INEXACT);
      }
      return Double.doubleToRawLongBits(root);
    }
    return SquareRoot.squareRoot(DOUBLE, a, rm, e);
  }

  /** a * b + c, rounded once. */
  public static long multiplyAdd(long a, long b, long c, int rm, FloatEnvironment e) {
    double result =
        Math.fma(
            Double.longBitsToDouble(a), Double.longBitsToDouble(b), Double.longBitsToDouble(c));
    if (isSafelyNormal(result) && rm == NEAREST_EVEN && (e.flags & INEXACT) != 0) {
      return Double.doubleToRawLongBits(result);
    }
    return multiplyAddFlagging(a, b, c, result, rm, e);
  }

  private static long multiplyAddFlagging(
      long a, long b, long c, double result, int rm, FloatEnvironment e) {
    double x = Double.longBitsToDouble(a);
    double y = Double.longBitsToDouble(b);
    double product = x * y;
    // Where the product alone is exact the question is the one of a sum.
    if (rm == NEAREST_EVEN
        && Math.abs(result) <= LARGEST_PROVABLE
        && (isProvable(product) ? Math.fma(x, y, -product) == 0 : x == 0 || y == 0)) {
      double error = errorOfSum(product, Double.longBitsToDouble(c), result);
      if (Math.abs(error) <= Double.MAX_VALUE) {
        if (error != 0) {
          e.raise(INEXACT);
        }
        return Double.doubleToRawLongBits(result);
      }
    }
    return FusedMultiplyAddition.multiplyAdd(DOUBLE, a, b, c, rm, e);
  }

  /** The smaller number (minimumNumber, -0 below +0). */
  public static long minimum(long a, long b, FloatEnvironment e) {
    return Comparison.minimum(DOUBLE, a, b, e);
  }

  /** The larger number (maximumNumber, -0 below +0). */
  public static long maximum(long a, long b, FloatEnvironment e) {
    return Comparison.maximum(DOUBLE, a, b, e);
  }

  /** a = b, quiet. */
  public static boolean equal(long a, long b, FloatEnvironment e) {
    double x = Double.longBitsToDouble(a);
    double y = Double.longBitsToDouble(b);
    return x == y || ((Double.isNaN(x) || Double.isNaN(y)) && Comparison.equal(DOUBLE, a, b, e));
  }

  /** a &lt; b, signaling. */
  public static boolean less(long a, long b, FloatEnvironment e) {
    double x = Double.longBitsToDouble(a);
    double y = Double.longBitsToDouble(b);
    return x < y || (!(x >= y) && Comparison.less(DOUBLE, a, b, e));
  }

  /** a &lt;= b, signaling. */
  public static boolean lessOrEqual(long a, long b, FloatEnvironment e) {
    double x = Double.longBitsToDouble(a);
    double y = Double.longBitsToDouble(b);
    return x <= y || (!(x > y) && Comparison.lessOrEqual(DOUBLE, a, b, e));
  }

  /** The ten-bit class mask. */
  public static long classify(long a) {
    return Comparison.classify(DOUBLE, a);
  }

  /** Strictly between the limits at which underflow and overflow could be raised. */
  private static boolean isSafelyNormal(double result) {
    double magnitude = Math.abs(result);
    return magnitude > Double.MIN_NORMAL && magnitude <= Double.MAX_VALUE;
  }

  private static boolean isProvable(double value) {
    double magnitude = Math.abs(value);
    return magnitude >= SMALLEST_PROVABLE && magnitude <= LARGEST_PROVABLE;
  }
}
