package org.javisor.riscv.fp;

/** a * b + c with one rounding, on integers of 128 bits (IEEE 754-2019 section 5.4.1). */
final class FusedMultiplyAddition {
  private FusedMultiplyAddition() {}

  static long multiplyAdd(BinaryFormat f, long a, long b, long c, int rm, FloatEnvironment e) {
    boolean infiniteFactor = f.isInfinite(a) || f.isInfinite(b);
    // RISC-V: infinity times zero is invalid even if the addend is a quiet NaN.
    if (infiniteFactor && (f.isZero(a) || f.isZero(b))) {
      return f.invalid(e);
    }
    if (f.isNaN(a) || f.isNaN(b) || f.isNaN(c)) {
      f.propagateNaN(a, b, e);
      return f.propagateNaN(c, c, e);
    }
    boolean negative = f.isNegative(a) != f.isNegative(b);
    if (infiniteFactor) {
      return f.isInfinite(c) && f.isNegative(c) != negative ? f.invalid(e) : f.infinity(negative);
    }
    if (f.isInfinite(c)) {
      return c;
    }
    if (f.isZero(a) || f.isZero(b)) {
      return Addition.add(f, f.zero(negative), c, rm, e);
    }
    if (f.isZero(c)) {
      return Multiplication.multiply(f, a, b, rm, e);
    }
    return addToProduct(f, a, b, c, rm, e);
  }

  /** All operands finite and not zero. */
  private static long addToProduct(
      BinaryFormat f, long a, long b, long c, int rm, FloatEnvironment e) {
    boolean negative = f.isNegative(a) != f.isNegative(b);
    long x = f.significand(a);
    long y = f.significand(b);
    // Both terms get their leading bit at 126 of 128: one place free for a carry. The product has
    // at most 106 bits, so at least 21 guard bits lie below either term.
    long high = Math.unsignedMultiplyHigh(x, y);
    long low = x * y;
    int exponent = f.exponent(a) + f.exponent(b);
    if (high < 0) {
      low = (low >>> 1) | (high << 63);
      high >>>= 1;
      exponent++;
    }
    boolean addendNegative = f.isNegative(c);
    long addendHigh = f.significand(c) >>> 1;
    long addendLow = 0;
    int distance = exponent - f.exponent(c);
    if (distance >= 0) {
      addendLow = shiftRightLow(addendHigh, addendLow, distance);
      addendHigh = shiftRightHigh(addendHigh, distance);
    } else {
      exponent -= distance;
      low = shiftRightLow(high, low, -distance);
      high = shiftRightHigh(high, -distance);
    }
    if (negative == addendNegative) {
      long sum = low + addendLow;
      high += addendHigh + (Long.compareUnsigned(sum, low) < 0 ? 1 : 0);
      low = sum;
    } else {
      long difference = low - addendLow;
      high -= addendHigh + (Long.compareUnsigned(low, addendLow) < 0 ? 1 : 0);
      low = difference;
      if (high < 0) {
        negative = addendNegative;
        low = -low;
        high = ~high + (low == 0 ? 1 : 0);
      }
    }
    if ((high | low) == 0) {
      return Addition.exactZero(f, rm);
    }
    if (high == 0) {
      high = low;
      low = 0;
      exponent -= 64;
    }
    int shift = Long.numberOfLeadingZeros(high);
    if (shift != 0) {
      high = (high << shift) | (low >>> (64 - shift));
      low <<= shift;
    }
    long significand = high | (low == 0 ? 0 : 1);
    return Rounding.round(f, negative, exponent + 1 - shift, significand, rm, e);
  }

  private static long shiftRightHigh(long high, int distance) {
    return distance > 63 ? 0 : high >>> distance;
  }

  /** The low half of a 128-bit number shifted right, its bit 0 sticky. */
  private static long shiftRightLow(long high, long low, int distance) {
    if (distance == 0) {
      return low;
    }
    if (distance < 64) {
      long lost = low << (64 - distance);
      return (high << (64 - distance)) | (low >>> distance) | (lost == 0 ? 0 : 1);
    }
    return Rounding.shiftRightSticky(high, distance - 64) | (low == 0 ? 0 : 1);
  }
}
