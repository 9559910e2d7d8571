package org.javisor.riscv.fp;

/**
 * A binary interchange format of IEEE 754-2019 section 3.4, and how to take its encodings apart. A
 * value is a {@code long} whose low {@link #width} bits are the encoding; the bits above are zero.
 *
 * <p>A record, because the JIT compiler treats a record's fields as constants: an operation called
 * with {@link #DOUBLE} compiles to code with the format's numbers in place.
 *
 * @param precision number of significant bits, the hidden one included
 * @param exponentBits width of the exponent field in bits
 */
record BinaryFormat(int precision, int exponentBits) {
  static final BinaryFormat SINGLE = new BinaryFormat(24, 8);
  static final BinaryFormat DOUBLE = new BinaryFormat(53, 11);

  /** Size of an encoding in bits. */
  int width() {
    return precision + exponentBits;
  }

  /** Exponent of the largest binade; also the bias of the exponent field. */
  int maxExponent() {
    return (1 << (exponentBits - 1)) - 1;
  }

  /** Exponent of the smallest normal number. */
  int minExponent() {
    return 1 - maxExponent();
  }

  long signBit() {
    return 1L << (width() - 1);
  }

  long infinity() {
    return ((1L << exponentBits) - 1) << (precision - 1);
  }

  long infinity(boolean negative) {
    return negative ? signBit() | infinity() : infinity();
  }

  long largestFinite(boolean negative) {
    return infinity(negative) - 1;
  }

  long zero(boolean negative) {
    return negative ? signBit() : 0;
  }

  long one(boolean negative) {
    return zero(negative) | ((long) maxExponent() << (precision - 1));
  }

  /** The only NaN that RISC-V arithmetic produces: positive, quiet, payload zero. */
  long canonicalNaN() {
    return infinity() | quietBit();
  }

  private long quietBit() {
    return 1L << (precision - 2);
  }

  boolean isNegative(long value) {
    return (value & signBit()) != 0;
  }

  long magnitude(long value) {
    return value & (signBit() - 1);
  }

  long negate(long value) {
    return value ^ signBit();
  }

  boolean isZero(long value) {
    return magnitude(value) == 0;
  }

  boolean isInfinite(long value) {
    return magnitude(value) == infinity();
  }

  boolean isFinite(long value) {
    return magnitude(value) < infinity();
  }

  boolean isNaN(long value) {
    return magnitude(value) > infinity();
  }

  boolean isSignalingNaN(long value) {
    return isNaN(value) && (value & quietBit()) == 0;
  }

  boolean isSubnormal(long value) {
    long magnitude = magnitude(value);
    return magnitude != 0 && magnitude < 1L << (precision - 1);
  }

  /** The exponent of a finite value other than zero: the integer part of log2 |value|. */
  int exponent(long value) {
    int field = (int) (magnitude(value) >>> (precision - 1));
    if (field != 0) {
      return field - maxExponent();
    }
    return minExponent() + 64 - precision - Long.numberOfLeadingZeros(magnitude(value));
  }

  /**
   * The significand of a finite value other than zero, left-aligned: bit 63 is set and weighs 2 to
   * the {@link #exponent}. A subnormal value is normalized too.
   */
  long significand(long value) {
    long magnitude = magnitude(value);
    if (magnitude >>> (precision - 1) != 0) {
      return (magnitude << (64 - precision)) | Long.MIN_VALUE;
    }
    return magnitude << Long.numberOfLeadingZeros(magnitude);
  }

  /** The result where an operand is a NaN: the canonical NaN, and NV if an operand signals. */
  long propagateNaN(long a, long b, FloatEnvironment e) {
    if (isSignalingNaN(a) || isSignalingNaN(b)) {
      e.raise(FloatEnvironment.INVALID);
    }
    return canonicalNaN();
  }

  /** The result of an invalid operation: the canonical NaN and NV. */
  long invalid(FloatEnvironment e) {
    e.raise(FloatEnvironment.INVALID);
    return canonicalNaN();
  }
}
