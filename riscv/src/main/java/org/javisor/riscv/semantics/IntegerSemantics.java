package org.javisor.riscv.semantics;

/**
 * The meanings of RV64I and M (volume I chapters 2, 4 and 13), apart from memory access and jumps.
 *
 * <p>Written so that the JIT compiler's pattern for the one machine instruction matches: Java's
 * shifts by a {@code long} take the low six bits of the amount as RISC-V's do, and {@code (int)}
 * followed by widening is a sign extension from 32 bits.
 */
@SuppressWarnings("IntLongMath") // the word instructions mean 32-bit arithmetic, then extension
public final class IntegerSemantics {
  private IntegerSemantics() {}

  public static long lui(long pc, long immediate) {
    return immediate;
  }

  public static long auipc(long pc, long immediate) {
    return pc + immediate;
  }

  public static boolean beq(long a, long b) {
    return a == b;
  }

  public static boolean bne(long a, long b) {
    return a != b;
  }

  public static boolean blt(long a, long b) {
    return a < b;
  }

  public static boolean bge(long a, long b) {
    return a >= b;
  }

  public static boolean bltu(long a, long b) {
    return Long.compareUnsigned(a, b) < 0;
  }

  public static boolean bgeu(long a, long b) {
    return Long.compareUnsigned(a, b) >= 0;
  }

  public static long addi(long a, long immediate) {
    return a + immediate;
  }

  public static long slti(long a, long immediate) {
    return a < immediate ? 1 : 0;
  }

  /** The immediate is sign-extended first, then compared as unsigned. */
  public static long sltiu(long a, long immediate) {
    return Long.compareUnsigned(a, immediate) < 0 ? 1 : 0;
  }

  public static long xori(long a, long immediate) {
    return a ^ immediate;
  }

  public static long ori(long a, long immediate) {
    return a | immediate;
  }

  public static long andi(long a, long immediate) {
    return a & immediate;
  }

  public static long slli(long a, long immediate) {
    return a << immediate;
  }

  public static long srli(long a, long immediate) {
    return a >>> immediate;
  }

  public static long srai(long a, long immediate) {
    return a >> immediate;
  }

  public static long add(long a, long b) {
    return a + b;
  }

  public static long sub(long a, long b) {
    return a - b;
  }

  public static long sll(long a, long b) {
    return a << b;
  }

  public static long slt(long a, long b) {
    return a < b ? 1 : 0;
  }

  public static long sltu(long a, long b) {
    return Long.compareUnsigned(a, b) < 0 ? 1 : 0;
  }

  public static long xor(long a, long b) {
    return a ^ b;
  }

  public static long srl(long a, long b) {
    return a >>> b;
  }

  public static long sra(long a, long b) {
    return a >> b;
  }

  public static long or(long a, long b) {
    return a | b;
  }

  public static long and(long a, long b) {
    return a & b;
  }

  public static long addiw(long a, long immediate) {
    return (int) (a + immediate);
  }

  public static long slliw(long a, long immediate) {
    return (int) a << (int) immediate;
  }

  public static long srliw(long a, long immediate) {
    return (int) a >>> (int) immediate;
  }

  public static long sraiw(long a, long immediate) {
    return (int) a >> (int) immediate;
  }

  public static long addw(long a, long b) {
    return (int) (a + b);
  }

  public static long subw(long a, long b) {
    return (int) (a - b);
  }

  /** The amount is the low five bits of b. */
  public static long sllw(long a, long b) {
    return (int) a << (int) b;
  }

  /** The amount is the low five bits of b; the result is sign-extended all the same. */
  public static long srlw(long a, long b) {
    return (int) a >>> (int) b;
  }

  /** The amount is the low five bits of b. */
  public static long sraw(long a, long b) {
    return (int) a >> (int) b;
  }

  public static long mul(long a, long b) {
    return a * b;
  }

  public static long mulh(long a, long b) {
    return Math.multiplyHigh(a, b);
  }

  /** Signed times unsigned: reading b as signed took 2^64 * a too little if b's top bit is set. */
  public static long mulhsu(long a, long b) {
    return Math.multiplyHigh(a, b) + (a & b >> 63);
  }

  public static long mulhu(long a, long b) {
    return Math.unsignedMultiplyHigh(a, b);
  }

  /** By zero: all ones. The overflowing quotient is the dividend, as in Java. */
  public static long div(long a, long b) {
    return b == 0 ? -1 : a / b;
  }

  /** By zero: all ones. */
  public static long divu(long a, long b) {
    return b == 0 ? -1 : Long.divideUnsigned(a, b);
  }

  /** By zero: the dividend. Overflow: zero, as in Java. */
  public static long rem(long a, long b) {
    return b == 0 ? a : a % b;
  }

  /** By zero: the dividend. */
  public static long remu(long a, long b) {
    return b == 0 ? a : Long.remainderUnsigned(a, b);
  }

  public static long mulw(long a, long b) {
    return (int) (a * b);
  }

  /** As {@link #div} on the low words; the result is sign-extended. */
  public static long divw(long a, long b) {
    return (int) b == 0 ? -1 : (int) a / (int) b;
  }

  /** As {@link #divu} on the low words; the result is sign-extended. */
  public static long divuw(long a, long b) {
    return (int) b == 0 ? -1 : Integer.divideUnsigned((int) a, (int) b);
  }

  /** As {@link #rem} on the low words; the result is sign-extended. */
  public static long remw(long a, long b) {
    return (int) b == 0 ? (int) a : (int) a % (int) b;
  }

  /** As {@link #remu} on the low words; the result is sign-extended. */
  public static long remuw(long a, long b) {
    return (int) b == 0 ? (int) a : Integer.remainderUnsigned((int) a, (int) b);
  }
}
