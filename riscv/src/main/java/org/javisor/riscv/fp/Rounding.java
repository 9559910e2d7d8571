package org.javisor.riscv.fp;

/** The one place where exact results become encodings, and where NX, UF and OF are decided. */
final class Rounding {
  private Rounding() {}

  /**
   * Rounds a number other than zero to a format (IEEE 754-2019 sections 4.3 and 7.4 to 7.6;
   * tininess is detected after rounding, as RISC-V demands).
   *
   * @param exponent weight of bit 63 of the significand, as a power of two
   * @param significand bit 63 set; bit 0 is sticky: set if anything below it is not zero
   */
  static long round(
      BinaryFormat f,
      boolean negative,
      int exponent,
      long significand,
      int rm,
      FloatEnvironment e) {
    if (exponent > f.maxExponent()) {
      return overflow(f, negative, rm, e);
    }
    int dropped = 64 - f.precision();
    boolean tiny = false;
    int packedExponent = exponent;
    long aligned = significand;
    if (exponent < f.minExponent()) {
      // Not tiny if rounding with an unbounded exponent carries into the normal range.
      tiny =
          exponent < f.minExponent() - 1
              || roundBits(significand, dropped, negative, rm) != 1L << f.precision();
      aligned = shiftRightSticky(significand, f.minExponent() - exponent);
      packedExponent = f.minExponent();
    }
    long kept = roundBits(aligned, dropped, negative, rm);
    // The hidden bit, where there is one, adds one to the exponent field; so does a carry.
    long magnitude = ((long) (packedExponent + f.maxExponent() - 1) << (f.precision() - 1)) + kept;
    if (magnitude >= f.infinity()) {
      return overflow(f, negative, rm, e);
    }
    if (aligned << f.precision() != 0) {
      e.raise(
          tiny ? FloatEnvironment.INEXACT | FloatEnvironment.UNDERFLOW : FloatEnvironment.INEXACT);
    }
    return f.zero(negative) | magnitude;
  }

  /**
   * Drops the lowest {@code dropped} bits (1 to 63) of an unsigned number and rounds what remains.
   */
  static long roundBits(long unsigned, int dropped, boolean negative, int rm) {
    long kept = unsigned >>> dropped;
    long rest = unsigned << (64 - dropped);
    return increments(kept, rest, negative, rm) ? kept + 1 : kept;
  }

  /**
   * Whether a magnitude is rounded away from zero.
   *
   * @param kept the bits that are kept
   * @param rest the fraction that is not, as an unsigned number of units of 2 to the -64
   */
  static boolean increments(long kept, long rest, boolean negative, int rm) {
    return switch (rm) {
      case FloatEnvironment.NEAREST_EVEN -> rest < 0 && (rest != Long.MIN_VALUE || (kept & 1) != 0);
      case FloatEnvironment.DOWN -> negative && rest != 0;
      case FloatEnvironment.UP -> !negative && rest != 0;
      case FloatEnvironment.NEAREST_MAX_MAGNITUDE -> rest < 0;
      default -> false;
    };
  }

  /** Shifts an unsigned number right by any distance of at least zero, keeping bit 0 sticky. */
  static long shiftRightSticky(long unsigned, int distance) {
    if (distance == 0) {
      return unsigned;
    }
    if (distance > 63) {
      return unsigned == 0 ? 0 : 1;
    }
    return (unsigned >>> distance) | (unsigned << (64 - distance) == 0 ? 0 : 1);
  }

  private static long overflow(BinaryFormat f, boolean negative, int rm, FloatEnvironment e) {
    e.raise(FloatEnvironment.OVERFLOW | FloatEnvironment.INEXACT);
    boolean saturates =
        switch (rm) {
          case FloatEnvironment.TOWARD_ZERO -> true;
          case FloatEnvironment.DOWN -> !negative;
          case FloatEnvironment.UP -> negative;
          default -> false;
        };
    return saturates ? f.largestFinite(negative) : f.infinity(negative);
  }
}
