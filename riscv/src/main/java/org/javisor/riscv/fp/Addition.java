package org.javisor.riscv.fp;

/** Addition on integers (IEEE 754-2019 section 5.4.1); subtraction is addition of the negative. */
final class Addition {
  private Addition() {}

  static long add(BinaryFormat f, long a, long b, int rm, FloatEnvironment e) {
    if (f.isNaN(a) || f.isNaN(b)) {
      return f.propagateNaN(a, b, e);
    }
    if (f.isInfinite(a)) {
      return f.isInfinite(b) && a != b ? f.invalid(e) : a;
    }
    if (f.isInfinite(b)) {
      return b;
    }
    if (f.isZero(a)) {
      return f.isZero(b) && a != b ? exactZero(f, rm) : b;
    }
    if (f.isZero(b)) {
      return a;
    }
    if (f.magnitude(a) >= f.magnitude(b)) {
      return addOrdered(f, a, b, rm, e);
    }
    return addOrdered(f, b, a, rm, e);
  }

  /** The sum of exact opposites: +0, but -0 when rounding down (section 6.3). */
  static long exactZero(BinaryFormat f, int rm) {
    return f.zero(rm == FloatEnvironment.DOWN);
  }

  private static long addOrdered(
      BinaryFormat f, long large, long small, int rm, FloatEnvironment e) {
    boolean negative = f.isNegative(large);
    int exponent = f.exponent(large);
    // One place free for a carry. At least ten guard bits remain below the shorter significand, so
    // that the sticky bit stays below every rounding position: a difference of exponents above one
    // cancels at most one bit, a smaller one loses nothing.
    long x = f.significand(large) >>> 1;
    long y = Rounding.shiftRightSticky(f.significand(small) >>> 1, exponent - f.exponent(small));
    long sum = negative == f.isNegative(small) ? x + y : x - y;
    if (sum == 0) {
      return exactZero(f, rm);
    }
    int shift = Long.numberOfLeadingZeros(sum);
    return Rounding.round(f, negative, exponent + 1 - shift, sum << shift, rm, e);
  }
}
