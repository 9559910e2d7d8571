package org.javisor.riscv.fp;

/** Multiplication on integers (IEEE 754-2019 section 5.4.1). */
final class Multiplication {
  private Multiplication() {}

  static long multiply(BinaryFormat f, long a, long b, int rm, FloatEnvironment e) {
    if (f.isNaN(a) || f.isNaN(b)) {
      return f.propagateNaN(a, b, e);
    }
    boolean negative = f.isNegative(a) != f.isNegative(b);
    if (f.isInfinite(a) || f.isInfinite(b)) {
      return f.isZero(a) || f.isZero(b) ? f.invalid(e) : f.infinity(negative);
    }
    if (f.isZero(a) || f.isZero(b)) {
      return f.zero(negative);
    }
    long x = f.significand(a);
    long y = f.significand(b);
    long high = Math.unsignedMultiplyHigh(x, y);
    long low = x * y;
    int exponent = f.exponent(a) + f.exponent(b) + 1;
    if (high >= 0) {
      high = (high << 1) | (low >>> 63);
      low <<= 1;
      exponent--;
    }
    return Rounding.round(f, negative, exponent, high | (low == 0 ? 0 : 1), rm, e);
  }
}
