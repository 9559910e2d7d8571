package org.javisor.riscv.fp;

import java.math.BigInteger;
import org.javisor.riscv.fp.FloatOperation.Outcome;

/**
 * The F and D instructions again, written as the specification words them on exact numbers of
 * unlimited size, sharing nothing with what is tested.
 */
final class ReferenceFloat {
  private static final int NX = 1;
  private static final int UF = 2;
  private static final int OF = 4;
  private static final int DZ = 8;
  private static final int NV = 16;

  private final int precision;
  private final int width;
  private final int largestExponent;
  private final int rm;
  private int flags;

  private ReferenceFloat(boolean single, int rm) {
    this.precision = single ? 24 : 53;
    this.width = single ? 32 : 64;
    this.largestExponent = single ? 127 : 1023;
    this.rm = rm;
  }

  /** Executes an instruction on whole registers. */
  static Outcome execute(String name, long a, long b, long c, int rm) {
    int last = name.lastIndexOf('_');
    String suffix = name.substring(last + 1);
    String stem = name.substring(0, last);
    if (name.startsWith("fmv_")) {
      return new Outcome(
          switch (name) {
            case "fmv_x_w" -> (int) a;
            case "fmv_w_x" -> 0xffffffff_00000000L | a;
            default -> a;
          },
          0);
    }
    if (stem.equals("fcvt_s") || stem.equals("fcvt_d")) {
      ReferenceFloat to = new ReferenceFloat(stem.equals("fcvt_s"), rm);
      long bits =
          switch (suffix) {
            case "s" -> to.fromFormat(new ReferenceFloat(true, rm), unbox(a));
            case "d" -> to.fromFormat(new ReferenceFloat(false, rm), a);
            case "w" -> to.fromInteger(BigInteger.valueOf((int) a));
            case "wu" -> to.fromInteger(BigInteger.valueOf(a & 0xffffffffL));
            case "l" -> to.fromInteger(BigInteger.valueOf(a));
            case "lu" -> to.fromInteger(new BigInteger(Long.toUnsignedString(a)));
            default -> throw new AssertionError(name);
          };
      return new Outcome(to.box(bits), to.flags);
    }
    boolean single = suffix.equals("s");
    ReferenceFloat f = new ReferenceFloat(single, rm);
    long bits = single ? f.execute(stem, unbox(a), unbox(b), unbox(c)) : f.execute(stem, a, b, c);
    boolean integer = stem.matches("feq|flt|fle|fclass|fcvt_.*");
    return new Outcome(integer ? bits : f.box(bits), f.flags);
  }

  private static long unbox(long register) {
    return register >>> 32 == 0xffffffffL ? register & 0xffffffffL : 0x7fc00000L;
  }

  private long box(long bits) {
    return width == 32 ? 0xffffffff_00000000L | bits : bits;
  }

  private long execute(String stem, long a, long b, long c) {
    return switch (stem) {
      case "fadd" -> add(a, b);
      case "fsub" -> add(a, b ^ sign());
      case "fmul" -> multiply(a, b);
      case "fdiv" -> divide(a, b);
      case "fsqrt" -> squareRoot(a);
      case "fmadd" -> multiplyAdd(a, b, c);
      case "fmsub" -> multiplyAdd(a, b, c ^ sign());
      case "fnmsub" -> multiplyAdd(a ^ sign(), b, c);
      case "fnmadd" -> multiplyAdd(a ^ sign(), b, c ^ sign());
      case "fsgnj" -> (a & ~sign()) | (b & sign());
      case "fsgnjn" -> (a & ~sign()) | (~b & sign());
      case "fsgnjx" -> a ^ (b & sign());
      case "fmin" -> extreme(a, b, false);
      case "fmax" -> extreme(a, b, true);
      case "feq" -> compare(a, b, false, 0, 0);
      case "flt" -> compare(a, b, true, -1, -1);
      case "fle" -> compare(a, b, true, -1, 0);
      case "fclass" -> classify(a);
      case "fcvt_w" -> toInteger(a, BigInteger.ONE.shiftLeft(31).negate(), 31);
      case "fcvt_wu" -> (int) toInteger(a, BigInteger.ZERO, 32);
      case "fcvt_l" -> toInteger(a, BigInteger.ONE.shiftLeft(63).negate(), 63);
      case "fcvt_lu" -> toInteger(a, BigInteger.ZERO, 64);
      default -> throw new AssertionError(stem);
    };
  }

  // Encodings.

  private long sign() {
    return 1L << (width - 1);
  }

  private long infinity() {
    return ((1L << (width - precision)) - 1) << (precision - 1);
  }

  private long nan() {
    return infinity() | 1L << (precision - 2);
  }

  private boolean negative(long x) {
    return (x & sign()) != 0;
  }

  private boolean isNaN(long x) {
    return (x & ~sign()) > infinity();
  }

  private boolean signals(long x) {
    return isNaN(x) && (x >> (precision - 2) & 1) == 0;
  }

  private boolean isInfinite(long x) {
    return (x & ~sign()) == infinity();
  }

  private boolean isZero(long x) {
    return (x & ~sign()) == 0;
  }

  private ExactNumber number(long x) {
    int field = (int) ((x & ~sign()) >>> (precision - 1));
    long fraction = x & ((1L << (precision - 1)) - 1);
    long significand = field == 0 ? fraction : fraction | 1L << (precision - 1);
    int exponent = Math.max(field, 1) - largestExponent - (precision - 1);
    return ExactNumber.of(negative(x), BigInteger.valueOf(significand), exponent);
  }

  private long nanResult(long... operands) {
    for (long x : operands) {
      if (signals(x)) {
        flags |= NV;
      }
    }
    return nan();
  }

  private long invalid() {
    flags |= NV;
    return nan();
  }

  private long signed(boolean negative, long magnitude) {
    return negative ? magnitude | sign() : magnitude;
  }

  /** IEEE 754 section 7: rounds, and detects overflow, underflow and inexactness. */
  private long round(ExactNumber x) {
    int smallestExponent = 1 - largestExponent;
    int quantum = x.binade() - precision + 1;
    BigInteger unbounded = x.roundedTo(quantum, rm);
    int unboundedBinade = quantum + unbounded.bitLength() - 1;
    if (unboundedBinade > largestExponent) {
      flags |= OF | NX;
      boolean toInfinity = rm == 0 || rm == 4 || rm == (x.negative() ? 2 : 3);
      return signed(x.negative(), toInfinity ? infinity() : infinity() - 1);
    }
    boolean tiny = unboundedBinade < smallestExponent;
    quantum = Math.max(quantum, smallestExponent - precision + 1);
    BigInteger rounded = x.roundedTo(quantum, rm);
    if (!x.isMultipleOf(quantum)) {
      flags |= tiny ? NX | UF : NX;
    }
    if (rounded.signum() == 0) {
      return signed(x.negative(), 0);
    }
    // Take the significand to its place: a carry may have made it one bit longer.
    int binade = quantum + rounded.bitLength() - 1;
    int packedQuantum = Math.max(binade, smallestExponent) - precision + 1;
    long significand = rounded.shiftRight(packedQuantum - quantum).longValueExact();
    long hidden = 1L << (precision - 1);
    long field = significand < hidden ? 0 : binade + largestExponent;
    return signed(x.negative(), field << (precision - 1) | (significand & (hidden - 1)));
  }

  // Instructions.

  private long add(long a, long b) {
    if (isNaN(a) || isNaN(b)) {
      return nanResult(a, b);
    }
    if (isInfinite(a) || isInfinite(b)) {
      if (isInfinite(a) && isInfinite(b) && negative(a) != negative(b)) {
        return invalid();
      }
      return isInfinite(a) ? a : b;
    }
    return roundSum(number(a), number(b));
  }

  private long roundSum(ExactNumber a, ExactNumber b) {
    ExactNumber sum = a.plus(b);
    if (!sum.isZero()) {
      return round(sum);
    }
    // Section 6.3: equal signs keep theirs, opposites give +0 except when rounding down.
    return signed(a.negative() == b.negative() ? a.negative() : rm == 2, 0);
  }

  private long multiply(long a, long b) {
    if (isNaN(a) || isNaN(b)) {
      return nanResult(a, b);
    }
    boolean negative = negative(a) != negative(b);
    if (isInfinite(a) || isInfinite(b)) {
      return isZero(a) || isZero(b) ? invalid() : signed(negative, infinity());
    }
    return isZero(a) || isZero(b) ? signed(negative, 0) : round(number(a).times(number(b)));
  }

  private long divide(long a, long b) {
    if (isNaN(a) || isNaN(b)) {
      return nanResult(a, b);
    }
    boolean negative = negative(a) != negative(b);
    if ((isInfinite(a) && isInfinite(b)) || (isZero(a) && isZero(b))) {
      return invalid();
    }
    if (isZero(b) && !isInfinite(a)) {
      flags |= DZ;
    }
    if (isInfinite(a) || isZero(b)) {
      return signed(negative, infinity());
    }
    return isZero(a) || isInfinite(b) ? signed(negative, 0) : round(number(a).dividedBy(number(b)));
  }

  private long squareRoot(long a) {
    if (isNaN(a)) {
      return nanResult(a);
    }
    if (isZero(a)) {
      return a;
    }
    if (negative(a)) {
      return invalid();
    }
    return isInfinite(a) ? a : round(number(a).squareRoot());
  }

  private long multiplyAdd(long a, long b, long c) {
    if ((isInfinite(a) && isZero(b)) || (isZero(a) && isInfinite(b))) {
      return invalid();
    }
    if (isNaN(a) || isNaN(b) || isNaN(c)) {
      return nanResult(a, b, c);
    }
    boolean negative = negative(a) != negative(b);
    if (isInfinite(a) || isInfinite(b)) {
      return isInfinite(c) && negative(c) != negative ? invalid() : signed(negative, infinity());
    }
    return isInfinite(c) ? c : roundSum(number(a).times(number(b)), number(c));
  }

  /** Order of two encodings that are no NaN, zeros equal. */
  private int order(long a, long b) {
    if (isInfinite(a) || isInfinite(b)) {
      int x = isInfinite(a) ? (negative(a) ? -1 : 1) : 0;
      int y = isInfinite(b) ? (negative(b) ? -1 : 1) : 0;
      return Integer.compare(x, y);
    }
    ExactNumber difference = number(a).plus(number(b ^ sign()));
    return difference.isZero() ? 0 : difference.negative() ? -1 : 1;
  }

  private long compare(long a, long b, boolean signaling, int from, int to) {
    if (isNaN(a) || isNaN(b)) {
      if (signaling || signals(a) || signals(b)) {
        flags |= NV;
      }
      return 0;
    }
    int order = order(a, b);
    return from <= order && order <= to ? 1 : 0;
  }

  private long extreme(long a, long b, boolean largest) {
    nanResult(a, b);
    if (isNaN(a)) {
      return isNaN(b) ? nan() : b;
    }
    if (isNaN(b)) {
      return a;
    }
    int order = order(a, b);
    if (order == 0 && negative(a) != negative(b)) {
      order = negative(a) ? -1 : 1;
    }
    return (largest ? order > 0 : order < 0) ? a : b;
  }

  private long classify(long a) {
    boolean subnormal = !isZero(a) && (a & infinity()) == 0;
    int bit;
    if (isNaN(a)) {
      bit = signals(a) ? 8 : 9;
    } else if (negative(a)) {
      bit = isInfinite(a) ? 0 : isZero(a) ? 3 : subnormal ? 2 : 1;
    } else {
      bit = isInfinite(a) ? 7 : isZero(a) ? 4 : subnormal ? 5 : 6;
    }
    return 1L << bit;
  }

  private long toInteger(long a, BigInteger smallest, int valueBits) {
    BigInteger largest = BigInteger.ONE.shiftLeft(valueBits).subtract(BigInteger.ONE);
    if (isNaN(a) || isInfinite(a)) {
      flags |= NV;
      return (isNaN(a) || !negative(a) ? largest : smallest).longValue();
    }
    ExactNumber x = number(a);
    BigInteger rounded = x.roundedTo(0, rm);
    BigInteger integer = x.negative() ? rounded.negate() : rounded;
    if (integer.compareTo(largest) > 0 || integer.compareTo(smallest) < 0) {
      flags |= NV;
      return (integer.signum() > 0 ? largest : smallest).longValue();
    }
    if (!x.isMultipleOf(0)) {
      flags |= NX;
    }
    return integer.longValue();
  }

  private long fromInteger(BigInteger integer) {
    return integer.signum() == 0
        ? 0
        : round(ExactNumber.of(integer.signum() < 0, integer.abs(), 0));
  }

  private long fromFormat(ReferenceFloat from, long a) {
    if (from.isNaN(a)) {
      if (from.signals(a)) {
        flags |= NV;
      }
      return nan();
    }
    if (from.isInfinite(a) || from.isZero(a)) {
      return signed(from.negative(a), from.isZero(a) ? 0 : infinity());
    }
    return round(from.number(a));
  }
}
