package org.javisor.riscv.semantics;

/**
 * The meanings of Zba, Zbb and Zbs (volume I chapter 30), written with the JDK's bit twiddling
 * intrinsics where there is one.
 */
public final class BitmanipSemantics {
  private static final long LOW_BITS = 0x0101_0101_0101_0101L;
  private static final long ALL_BUT_HIGH_BITS = 0x7f7f_7f7f_7f7f_7f7fL;

  private BitmanipSemantics() {}

  public static long add_uw(long a, long b) {
    return (a & 0xffff_ffffL) + b;
  }

  public static long sh1add(long a, long b) {
    return (a << 1) + b;
  }

  public static long sh2add(long a, long b) {
    return (a << 2) + b;
  }

  public static long sh3add(long a, long b) {
    return (a << 3) + b;
  }

  public static long sh1add_uw(long a, long b) {
    return ((a & 0xffff_ffffL) << 1) + b;
  }

  public static long sh2add_uw(long a, long b) {
    return ((a & 0xffff_ffffL) << 2) + b;
  }

  public static long sh3add_uw(long a, long b) {
    return ((a & 0xffff_ffffL) << 3) + b;
  }

  public static long slli_uw(long a, long immediate) {
    return (a & 0xffff_ffffL) << immediate;
  }

  public static long andn(long a, long b) {
    return a & ~b;
  }

  public static long orn(long a, long b) {
    return a | ~b;
  }

  public static long xnor(long a, long b) {
    return ~(a ^ b);
  }

  public static long clz(long a) {
    return Long.numberOfLeadingZeros(a);
  }

  public static long ctz(long a) {
    return Long.numberOfTrailingZeros(a);
  }

  public static long cpop(long a) {
    return Long.bitCount(a);
  }

  public static long sext_b(long a) {
    return (byte) a;
  }

  public static long sext_h(long a) {
    return (short) a;
  }

  public static long clzw(long a) {
    return Integer.numberOfLeadingZeros((int) a);
  }

  public static long ctzw(long a) {
    return Integer.numberOfTrailingZeros((int) a);
  }

  public static long cpopw(long a) {
    return Integer.bitCount((int) a);
  }

  public static long zext_h(long a) {
    return (char) a;
  }

  public static long min(long a, long b) {
    return Math.min(a, b);
  }

  public static long minu(long a, long b) {
    return Long.compareUnsigned(a, b) < 0 ? a : b;
  }

  public static long max(long a, long b) {
    return Math.max(a, b);
  }

  public static long maxu(long a, long b) {
    return Long.compareUnsigned(a, b) > 0 ? a : b;
  }

  public static long rol(long a, long b) {
    return Long.rotateLeft(a, (int) b);
  }

  public static long ror(long a, long b) {
    return Long.rotateRight(a, (int) b);
  }

  public static long rolw(long a, long b) {
    return Integer.rotateLeft((int) a, (int) b);
  }

  public static long rorw(long a, long b) {
    return Integer.rotateRight((int) a, (int) b);
  }

  public static long rori(long a, long immediate) {
    return Long.rotateRight(a, (int) immediate);
  }

  public static long roriw(long a, long immediate) {
    return Integer.rotateRight((int) a, (int) immediate);
  }

  /** Each byte becomes 0xff if any of its bits is set, else 0. */
  public static long orc_b(long a) {
    long highBits = (((a & ALL_BUT_HIGH_BITS) + ALL_BUT_HIGH_BITS) | a) & ~ALL_BUT_HIGH_BITS;
    return (highBits >>> 7 & LOW_BITS) * 0xff;
  }

  public static long rev8(long a) {
    return Long.reverseBytes(a);
  }

  public static long bclr(long a, long b) {
    return a & ~(1L << b);
  }

  public static long bext(long a, long b) {
    return a >>> b & 1;
  }

  public static long binv(long a, long b) {
    return a ^ 1L << b;
  }

  public static long bset(long a, long b) {
    return a | 1L << b;
  }

  public static long bclri(long a, long immediate) {
    return a & ~(1L << immediate);
  }

  public static long bexti(long a, long immediate) {
    return a >>> immediate & 1;
  }

  public static long binvi(long a, long immediate) {
    return a ^ 1L << immediate;
  }

  public static long bseti(long a, long immediate) {
    return a | 1L << immediate;
  }
}
