package org.javisor.riscv.fp;

/** Square root on integers (IEEE 754-2019 section 5.4.1). */
final class SquareRoot {
  /** Bits of the root that are computed: more than a double's precision and a rounding bit. */
  private static final int ROOT_BITS = 56;

  private SquareRoot() {}

  static long squareRoot(BinaryFormat f, long a, int rm, FloatEnvironment e) {
    if (f.isNaN(a)) {
      return f.propagateNaN(a, a, e);
    }
    if (f.isZero(a)) {
      return a;
    }
    if (f.isNegative(a)) {
      return f.invalid(e);
    }
    if (f.isInfinite(a)) {
      return a;
    }
    int exponent = f.exponent(a);
    // The radicand has two bits before the binary point: 1.x, or 1x.x for an odd exponent.
    long radicand = f.significand(a) >>> ((exponent & 1) == 0 ? 1 : 0);
    long root = 0;
    long remainder = 0;
    for (int bit = 0; bit < ROOT_BITS; bit++) {
      remainder = (remainder << 2) | (radicand >>> 62);
      radicand <<= 2;
      long trial = (root << 2) | 1;
      root <<= 1;
      if (remainder >= trial) {
        remainder -= trial;
        root |= 1;
      }
    }
    long significand = (root << (64 - ROOT_BITS)) | (remainder == 0 ? 0 : 1);
    return Rounding.round(f, false, exponent >> 1, significand, rm, e);
  }
}
