package org.javisor.riscv.fp;

import static org.javisor.riscv.fp.BinaryFormat.SINGLE;
import static org.javisor.riscv.fp.FloatEnvironment.INEXACT;
import static org.javisor.riscv.fp.FloatEnvironment.NEAREST_EVEN;

/**
 * Arithmetic on binary32 encodings: raw bits in, raw bits out. The three steps are those of {@link
 * DoubleArithmetic}; whether a result was exact is found with {@code double}, which holds every
 * product of two binary32 numbers.
 */
public final class SingleArithmetic {
  private SingleArithmetic() {}

  /** a + b. */
  public static int add(int a, int b, int rm, FloatEnvironment e) {
    float sum = Float.intBitsToFloat(a) + Float.intBitsToFloat(b);
    // A subnormal sum is exact, so only overflow and NaN need more care.
    if (Math.abs(sum) <= Float.MAX_VALUE && rm == NEAREST_EVEN && (e.flags & INEXACT) != 0) {
      return Float.floatToRawIntBits(sum);
    }
    return addFlagging(a, b, sum, rm, e);
  }

  /** a - b. */
  public static int subtract(int a, int b, int rm, FloatEnvironment e) {
    float difference = Float.intBitsToFloat(a) - Float.intBitsToFloat(b);
    if (Math.abs(difference) <= Float.MAX_VALUE && rm == NEAREST_EVEN && (e.flags & INEXACT) != 0) {
      return Float.floatToRawIntBits(difference);
    }
    // Subtraction is addition of the negative, for NaNs too: their sign never shows in a result.
    return addFlagging(a, b ^ Integer.MIN_VALUE, difference, rm, e);
  }

  private static int addFlagging(int a, int b, float sum, int rm, FloatEnvironment e) {
    if (rm == NEAREST_EVEN && Math.abs(sum) <= Float.MAX_VALUE) {
      double x = Float.intBitsToFloat(a);
      double y = Float.intBitsToFloat(b);
      if (!isSum(x, y, sum)) {
        e.raise(INEXACT);
      }
      return Float.floatToRawIntBits(sum);
    }
    return (int) Addition.add(SINGLE, wide(a), wide(b), rm, e);
  }

  /** Whether a + b = sum, exactly: the sum in double equals it and its own error term is zero. */
  private static boolean isSum(double a, double b, float sum) {
    double wideSum = a + b;
    double partOfB = wideSum - a;
    double error = (a - (wideSum - partOfB)) + (b - partOfB);
    return wideSum == sum && error == 0;
  }

  /** a * b. */
  public static int multiply(int a, int b, int rm, FloatEnvironment e) {
    float product = Float.intBitsToFloat(a) * Float.intBitsToFloat(b);
    if (isSafelyNormal(product) && rm == NEAREST_EVEN && (e.flags & INEXACT) != 0) {
      return Float.floatToRawIntBits(product);
    }
    return multiplyFlagging(a, b, product, rm, e);
  }

  private static int multiplyFlagging(int a, int b, float product, int rm, FloatEnvironment e) {
    double exact = (double) Float.intBitsToFloat(a) * Float.intBitsToFloat(b);
    if (exact == product) {
      return Float.floatToRawIntBits(product);
    }
    if (rm == NEAREST_EVEN && isSafelyNormal(product)) {
      e.raise(INEXACT);
      return Float.floatToRawIntBits(product);
    }
    return (int) Multiplication.multiply(SINGLE, wide(a), wide(b), rm, e);
  }

  /** a / b. */
  public static int divide(int a, int b, int rm, FloatEnvironment e) {
    float quotient = Float.intBitsToFloat(a) / Float.intBitsToFloat(b);
    if (isSafelyNormal(quotient) && rm == NEAREST_EVEN && (e.flags & INEXACT) != 0) {
      return Float.floatToRawIntBits(quotient);
    }
    return divideFlagging(a, b, quotient, rm, e);
  }

  private static int divideFlagging(int a, int b, float quotient, int rm, FloatEnvironment e) {
    // Division by zero, by infinity, and of NaNs give NaN here and so go the long way.
    if ((double) quotient * Float.intBitsToFloat(b) == Float.intBitsToFloat(a)) {
      return Float.floatToRawIntBits(quotient);
    }
    if (rm == NEAREST_EVEN && isSafelyNormal(quotient)) {
      e.raise(INEXACT);
      return Float.floatToRawIntBits(quotient);
    }
    return (int) Division.divide(SINGLE, wide(a), wide(b), rm, e);
  }

  /** The square root of a. */
  public static int squareRoot(int a, int rm, FloatEnvironment e) {
    // Rounding twice is harmless here: 53 bits are at least twice 24 and two more.
    float root = (float) Math.sqrt(Float.intBitsToFloat(a));
    if (isSafelyNormal(root) && rm == NEAREST_EVEN && (e.flags & INEXACT) != 0) {
      return Float.floatToRawIntBits(root);
    }
    return squareRootFlagging(a, root, rm, e);
  }

  private static int squareRootFlagging(int a, float root, int rm, FloatEnvironment e) {
    if ((double) root * root == Float.intBitsToFloat(a)) {
      return Float.floatToRawIntBits(root);
    }
    if (rm == NEAREST_EVEN && isSafelyNormal(root)) {
      e.raise(INEXACT);
      return Float.floatToRawIntBits(root);
    }
    return (int) SquareRoot.squareRoot(SINGLE, wide(a), rm, e);
  }

  /** a * b + c, rounded once. */
  public static int multiplyAdd(int a, int b, int c, int rm, FloatEnvironment e) {
    float result =
        Math.fma(Float.intBitsToFloat(a), Float.intBitsToFloat(b), Float.intBitsToFloat(c));
    if (isSafelyNormal(result) && rm == NEAREST_EVEN && (e.flags & INEXACT) != 0) {
      return Float.floatToRawIntBits(result);
    }
    return multiplyAddFlagging(a, b, c, result, rm, e);
  }

  private static int multiplyAddFlagging(
      int a, int b, int c, float result, int rm, FloatEnvironment e) {
    if (rm == NEAREST_EVEN && Math.abs(result) <= Float.MAX_VALUE) {
      double product = (double) Float.intBitsToFloat(a) * Float.intBitsToFloat(b);
      if (isSum(product, Float.intBitsToFloat(c), result)) {
        return Float.floatToRawIntBits(result);
      }
      if (isSafelyNormal(result)) {
        e.raise(INEXACT);
        return Float.floatToRawIntBits(result);
      }
    }
    return (int) FusedMultiplyAddition.multiplyAdd(SINGLE, wide(a), wide(b), wide(c), rm, e);
  }

  /** The smaller number (minimumNumber, -0 below +0). */
  public static int minimum(int a, int b, FloatEnvironment e) {
    return (int) Comparison.minimum(SINGLE, wide(a), wide(b), e);
  }

  /** The larger number (maximumNumber, -0 below +0). */
  public static int maximum(int a, int b, FloatEnvironment e) {
    return (int) Comparison.maximum(SINGLE, wide(a), wide(b), e);
  }

  /** a = b, quiet. */
  public static boolean equal(int a, int b, FloatEnvironment e) {
    float x = Float.intBitsToFloat(a);
    float y = Float.intBitsToFloat(b);
    return x == y
        || ((Float.isNaN(x) || Float.isNaN(y)) && Comparison.equal(SINGLE, wide(a), wide(b), e));
  }

  /** a &lt; b, signaling. */
  public static boolean less(int a, int b, FloatEnvironment e) {
    float x = Float.intBitsToFloat(a);
    float y = Float.intBitsToFloat(b);
    return x < y || (!(x >= y) && Comparison.less(SINGLE, wide(a), wide(b), e));
  }

  /** a &lt;= b, signaling. */
  public static boolean lessOrEqual(int a, int b, FloatEnvironment e) {
    float x = Float.intBitsToFloat(a);
    float y = Float.intBitsToFloat(b);
    return x <= y || (!(x > y) && Comparison.lessOrEqual(SINGLE, wide(a), wide(b), e));
  }

  /** The ten-bit class mask. */
  public static long classify(int a) {
    return Comparison.classify(SINGLE, wide(a));
  }

  /** Strictly between the limits at which underflow and overflow could be raised. */
  static boolean isSafelyNormal(float result) {
    float magnitude = Math.abs(result);
    return magnitude > Float.MIN_NORMAL && magnitude <= Float.MAX_VALUE;
  }

  private static long wide(int encoding) {
    return Integer.toUnsignedLong(encoding);
  }
}
