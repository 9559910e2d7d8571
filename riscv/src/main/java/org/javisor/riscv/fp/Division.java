package org.javisor.riscv.fp;

/** Division on integers (IEEE 754-2019 section 5.4.1). */
final class Division {
  private Division() {}

  static long divide(BinaryFormat f, long a, long b, int rm, FloatEnvironment e) {
    if (f.isNaN(a) || f.isNaN(b)) {
      return f.propagateNaN(a, b, e);
    }
    boolean negative = f.isNegative(a) != f.isNegative(b);
    if (f.isInfinite(a)) {
      return f.isInfinite(b) ? f.invalid(e) : f.infinity(negative);
    }
    if (f.isInfinite(b)) {
      return f.zero(negative);
    }
    if (f.isZero(b)) {
      if (f.isZero(a)) {
        return f.invalid(e);
      }
      e.raise(FloatEnvironment.DIVIDE_BY_ZERO);
      return f.infinity(negative);
    }
    if (f.isZero(a)) {
      return f.zero(negative);
    }
    int exponent = f.exponent(a) - f.exponent(b);
    // 53-bit integers: a remainder times 2 to the 10 still fits a signed long.
    long divisor = f.significand(b) >>> 11;
    long remainder = f.significand(a) >>> 11;
    if (remainder < divisor) {
      remainder <<= 1;
      exponent--;
    }
    // The integer digit is one; six more digits of ten bits make 61, more than any precision.
    remainder -= divisor;
    long quotient = 1;
    for (int digit = 0; digit < 6; digit++) {
      remainder <<= 10;
      quotient = (quotient << 10) | (remainder / divisor);
      remainder %= divisor;
    }
    long significand = (quotient << 3) | (remainder == 0 ? 0 : 1);
    return Rounding.round(f, negative, exponent, significand, rm, e);
  }
}
