package org.javisor.riscv.fp;

/**
 * Conversions between floating-point numbers and integers of 32 and 64 bits (RISC-V unprivileged
 * specification, "F" extension, section "Single-Precision Floating-Point Conversion and Move").
 */
final class IntegerConversion {
  private IntegerConversion() {}

  /**
   * Converts to a signed integer of {@code bits} bits. What lies outside its range, and a NaN,
   * raises NV alone and gives the nearest limit, for a NaN the largest integer.
   */
  static long toSigned(BinaryFormat f, long a, int bits, int rm, FloatEnvironment e) {
    long largest = Long.MAX_VALUE >>> (64 - bits);
    boolean negative = f.isNegative(a) && !f.isNaN(a);
    if (f.isZero(a)) {
      return 0;
    }
    if (!f.isFinite(a) || f.exponent(a) > 63) {
      return outOfRange(negative ? ~largest : largest, e);
    }
    long magnitude = integerMagnitude(f, a, negative, rm);
    // Unsigned comparison: rounding up from below 2 to the 64 is not possible at that exponent.
    if (Long.compareUnsigned(magnitude, negative ? - ~largest : largest) > 0) {
      return outOfRange(negative ? ~largest : largest, e);
    }
    raiseIfInexact(f, a, e);
    return negative ? -magnitude : magnitude;
  }

  /**
   * Converts to an unsigned integer of {@code bits} bits, 32 or 64. What lies outside its range,
   * and a NaN, raises NV alone and gives the nearest limit, for a NaN the largest integer. A result
   * of 32 bits is zero-extended here.
   */
  static long toUnsigned(BinaryFormat f, long a, int bits, int rm, FloatEnvironment e) {
    long largest = -1L >>> (64 - bits);
    boolean negative = f.isNegative(a) && !f.isNaN(a);
    if (f.isZero(a)) {
      return 0;
    }
    if (!f.isFinite(a) || f.exponent(a) > 63) {
      return outOfRange(negative ? 0 : largest, e);
    }
    long magnitude = integerMagnitude(f, a, negative, rm);
    if (negative ? magnitude != 0 : Long.compareUnsigned(magnitude, largest) > 0) {
      return outOfRange(negative ? 0 : largest, e);
    }
    raiseIfInexact(f, a, e);
    return magnitude;
  }

  static long fromSigned(BinaryFormat f, long integer, int rm, FloatEnvironment e) {
    // The magnitude of the most negative long is right as an unsigned number.
    return fromMagnitude(f, integer < 0, Math.abs(integer), rm, e);
  }

  static long fromUnsigned(BinaryFormat f, long integer, int rm, FloatEnvironment e) {
    return fromMagnitude(f, false, integer, rm, e);
  }

  private static long fromMagnitude(
      BinaryFormat f, boolean negative, long magnitude, int rm, FloatEnvironment e) {
    if (magnitude == 0) {
      return f.zero(false);
    }
    int shift = Long.numberOfLeadingZeros(magnitude);
    return Rounding.round(f, negative, 63 - shift, magnitude << shift, rm, e);
  }

  private static long outOfRange(long limit, FloatEnvironment e) {
    e.raise(FloatEnvironment.INVALID);
    return limit;
  }

  /** The magnitude of a finite value other than zero, exponent at most 63, rounded. */
  private static long integerMagnitude(BinaryFormat f, long a, boolean negative, int rm) {
    int dropped = 63 - f.exponent(a);
    long significand = f.significand(a);
    if (dropped == 0) {
      return significand;
    }
    if (dropped <= 63) {
      return Rounding.roundBits(significand, dropped, negative, rm);
    }
    long rest = Rounding.shiftRightSticky(significand, dropped - 64);
    return Rounding.increments(0, rest, negative, rm) ? 1 : 0;
  }

  private static void raiseIfInexact(BinaryFormat f, long a, FloatEnvironment e) {
    int integerBits = f.exponent(a) + 1;
    if (integerBits <= 0 || (integerBits < 64 && f.significand(a) << integerBits != 0)) {
      e.raise(FloatEnvironment.INEXACT);
    }
  }
}
