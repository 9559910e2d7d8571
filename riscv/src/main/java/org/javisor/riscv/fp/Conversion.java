package org.javisor.riscv.fp;

import static org.javisor.riscv.fp.BinaryFormat.DOUBLE;
import static org.javisor.riscv.fp.BinaryFormat.SINGLE;
import static org.javisor.riscv.fp.FloatEnvironment.INEXACT;
import static org.javisor.riscv.fp.FloatEnvironment.NEAREST_EVEN;
import static org.javisor.riscv.fp.FloatEnvironment.TOWARD_ZERO;

/**
 * Conversions among binary64 encodings, binary32 encodings and integers. An exact result is right
 * in every rounding mode and raises no flag, so the JVM's conversion serves wherever converting
 * back gives the operand, or where it rounds as asked and stays in range.
 *
 * <p>Integers from binary32 go by way of binary64, which holds every binary32 value; a signaling
 * NaN that is lost in widening raises NV anyway.
 */
public final class Conversion {
  private Conversion() {}

  /** Binary64 to a signed integer of 32 bits, sign-extended; saturates. */
  public static long doubleToInt(long a, int rm, FloatEnvironment e) {
    double x = Double.longBitsToDouble(a);
    int result = (int) x;
    if (result == x) {
      return result;
    }
    if (rm == TOWARD_ZERO && Math.abs(x) < 0x1p31) {
      e.raise(INEXACT);
      return result;
    }
    return IntegerConversion.toSigned(DOUBLE, a, Integer.SIZE, rm, e);
  }

  /** Binary64 to a signed integer of 64 bits; saturates. */
  public static long doubleToLong(long a, int rm, FloatEnvironment e) {
    double x = Double.longBitsToDouble(a);
    long result = (long) x;
    if (Math.abs(x) < 0x1p63) {
      if ((double) result == x) {
        return result;
      }
      if (rm == TOWARD_ZERO) {
        e.raise(INEXACT);
        return result;
      }
    }
    return IntegerConversion.toSigned(DOUBLE, a, Long.SIZE, rm, e);
  }

  /** Binary64 to an unsigned integer of 32 bits, sign-extended as RV64 wants it; saturates. */
  public static long doubleToUnsignedInt(long a, int rm, FloatEnvironment e) {
    double x = Double.longBitsToDouble(a);
    if (x >= 0 && x < 0x1p32) {
      long result = (long) x;
      if ((double) result == x) {
        return (int) result;
      }
      if (rm == TOWARD_ZERO) {
        e.raise(INEXACT);
        return (int) result;
      }
    }
    return (int) IntegerConversion.toUnsigned(DOUBLE, a, Integer.SIZE, rm, e);
  }

  /** Binary64 to an unsigned integer of 64 bits; saturates. */
  public static long doubleToUnsignedLong(long a, int rm, FloatEnvironment e) {
    double x = Double.longBitsToDouble(a);
    if (x >= 0 && x < 0x1p63) {
      long result = (long) x;
      if ((double) result == x) {
        return result;
      }
      if (rm == TOWARD_ZERO) {
        e.raise(INEXACT);
        return result;
      }
    }
    return IntegerConversion.toUnsigned(DOUBLE, a, Long.SIZE, rm, e);
  }

  /** A signed integer of 32 bits to binary64, always exact. */
  public static long intToDouble(int integer) {
    return Double.doubleToRawLongBits(integer);
  }

  /** A signed integer of 32 bits to binary32. */
  public static int intToSingle(int integer, int rm, FloatEnvironment e) {
    return longToSingle(integer, rm, e);
  }

  /** A signed integer to binary64. */
  public static long longToDouble(long integer, int rm, FloatEnvironment e) {
    double result = (double) integer;
    // At 2 to the 63 the conversion back saturates and would look exact.
    if (result != 0x1p63 && (long) result == integer) {
      return Double.doubleToRawLongBits(result);
    }
    if (rm == NEAREST_EVEN) {
      e.raise(INEXACT);
      return Double.doubleToRawLongBits(result);
    }
    return IntegerConversion.fromSigned(DOUBLE, integer, rm, e);
  }

  /** An unsigned integer to binary64. */
  public static long unsignedLongToDouble(long integer, int rm, FloatEnvironment e) {
    return integer >= 0
        ? longToDouble(integer, rm, e)
        : IntegerConversion.fromUnsigned(DOUBLE, integer, rm, e);
  }

  /** A signed integer to binary32. */
  public static int longToSingle(long integer, int rm, FloatEnvironment e) {
    float result = (float) integer;
    if (result != 0x1p63f && (long) result == integer) {
      return Float.floatToRawIntBits(result);
    }
    if (rm == NEAREST_EVEN) {
      e.raise(INEXACT);
      return Float.floatToRawIntBits(result);
    }
    return (int) IntegerConversion.fromSigned(SINGLE, integer, rm, e);
  }

  /** An unsigned integer to binary32. */
  public static int unsignedLongToSingle(long integer, int rm, FloatEnvironment e) {
    return integer >= 0
        ? longToSingle(integer, rm, e)
        : (int) IntegerConversion.fromUnsigned(SINGLE, integer, rm, e);
  }

  /** Binary64 to binary32. */
  public static int doubleToSingle(long a, int rm, FloatEnvironment e) {
    double x = Double.longBitsToDouble(a);
    float result = (float) x;
    if ((double) result == x) {
      return Float.floatToRawIntBits(result);
    }
    if (rm == NEAREST_EVEN && SingleArithmetic.isSafelyNormal(result)) {
      e.raise(INEXACT);
      return Float.floatToRawIntBits(result);
    }
    return (int) FormatConversion.convert(DOUBLE, SINGLE, a, rm, e);
  }

  /** Binary32 to binary64, always exact. */
  public static long singleToDouble(int a, FloatEnvironment e) {
    float x = Float.intBitsToFloat(a);
    if (Float.isNaN(x)) {
      return FormatConversion.convert(SINGLE, DOUBLE, Integer.toUnsignedLong(a), NEAREST_EVEN, e);
    }
    return Double.doubleToRawLongBits(x);
  }

  /** The value of a binary32 encoding as binary64; a NaN becomes some quiet NaN, without a flag. */
  public static long widen(int a) {
    return Double.doubleToRawLongBits(Float.intBitsToFloat(a));
  }
}
