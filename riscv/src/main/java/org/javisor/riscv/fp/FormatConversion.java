package org.javisor.riscv.fp;

/** Conversion from one format to the other (IEEE 754-2019 section 5.4.2). */
final class FormatConversion {
  private FormatConversion() {}

  static long convert(BinaryFormat from, BinaryFormat to, long a, int rm, FloatEnvironment e) {
    if (from.isNaN(a)) {
      from.propagateNaN(a, a, e);
      return to.canonicalNaN();
    }
    boolean negative = from.isNegative(a);
    if (from.isInfinite(a)) {
      return to.infinity(negative);
    }
    if (from.isZero(a)) {
      return to.zero(negative);
    }
    return Rounding.round(to, negative, from.exponent(a), from.significand(a), rm, e);
  }
}
