package org.javisor.riscv.semantics;

import org.javisor.riscv.fp.Conversion;
import org.javisor.riscv.fp.DoubleArithmetic;
import org.javisor.riscv.fp.FloatEnvironment;
import org.javisor.riscv.fp.SingleArithmetic;

/**
 * The meaning of every computational instruction of the F and D extensions: one static method each,
 * named after the mnemonic with a dot written as an underscore.
 *
 * <p>Operands and results are whole 64-bit registers. A floating-point register holds a binary64
 * encoding, or a binary32 encoding NaN-boxed by ones in its upper half; an operand of a
 * single-precision instruction that is not boxed counts as the canonical NaN (RISC-V unprivileged
 * specification, "D" extension, section "NaN Boxing of Narrower Values"). All methods have the same
 * shape per number of operands, so {@code rm}, the rounding mode 0 to 4 after resolving the dynamic
 * one, is present and ignored where the instruction has none.
 */
public final class FloatSemantics {
  private static final long BOX = 0xffffffff_00000000L;
  private static final int CANONICAL_SINGLE_NAN = 0x7fc00000;
  private static final int SINGLE_SIGN = Integer.MIN_VALUE;
  private static final long DOUBLE_SIGN = Long.MIN_VALUE;

  private FloatSemantics() {}

  /** The binary32 encoding in a floating-point register, the canonical NaN if it is not boxed. */
  private static int unbox(long register) {
    return register >> 32 == -1 ? (int) register : CANONICAL_SINGLE_NAN;
  }

  private static long box(int encoding) {
    return BOX | encoding;
  }

  private static long bit(boolean value) {
    return value ? 1 : 0;
  }

  // Single precision: arithmetic.

  public static long fadd_s(long a, long b, int rm, FloatEnvironment e) {
    return box(SingleArithmetic.add(unbox(a), unbox(b), rm, e));
  }

  public static long fsub_s(long a, long b, int rm, FloatEnvironment e) {
    return box(SingleArithmetic.subtract(unbox(a), unbox(b), rm, e));
  }

  public static long fmul_s(long a, long b, int rm, FloatEnvironment e) {
    return box(SingleArithmetic.multiply(unbox(a), unbox(b), rm, e));
  }

  public static long fdiv_s(long a, long b, int rm, FloatEnvironment e) {
    return box(SingleArithmetic.divide(unbox(a), unbox(b), rm, e));
  }

  public static long fsqrt_s(long a, int rm, FloatEnvironment e) {
    return box(SingleArithmetic.squareRoot(unbox(a), rm, e));
  }

  public static long fmadd_s(long a, long b, long c, int rm, FloatEnvironment e) {
    return box(SingleArithmetic.multiplyAdd(unbox(a), unbox(b), unbox(c), rm, e));
  }

  public static long fmsub_s(long a, long b, long c, int rm, FloatEnvironment e) {
    return box(SingleArithmetic.multiplyAdd(unbox(a), unbox(b), unbox(c) ^ SINGLE_SIGN, rm, e));
  }

  public static long fnmsub_s(long a, long b, long c, int rm, FloatEnvironment e) {
    return box(SingleArithmetic.multiplyAdd(unbox(a) ^ SINGLE_SIGN, unbox(b), unbox(c), rm, e));
  }

  public static long fnmadd_s(long a, long b, long c, int rm, FloatEnvironment e) {
    return box(
        SingleArithmetic.multiplyAdd(
            unbox(a) ^ SINGLE_SIGN, unbox(b), unbox(c) ^ SINGLE_SIGN, rm, e));
  }

  // Single precision: sign injection, minimum and maximum, comparison, class.

  public static long fsgnj_s(long a, long b, int rm, FloatEnvironment e) {
    return box((unbox(a) & ~SINGLE_SIGN) | (unbox(b) & SINGLE_SIGN));
  }

  public static long fsgnjn_s(long a, long b, int rm, FloatEnvironment e) {
    return box((unbox(a) & ~SINGLE_SIGN) | (~unbox(b) & SINGLE_SIGN));
  }

  public static long fsgnjx_s(long a, long b, int rm, FloatEnvironment e) {
    return box(unbox(a) ^ (unbox(b) & SINGLE_SIGN));
  }

  public static long fmin_s(long a, long b, int rm, FloatEnvironment e) {
    return box(SingleArithmetic.minimum(unbox(a), unbox(b), e));
  }

  public static long fmax_s(long a, long b, int rm, FloatEnvironment e) {
    return box(SingleArithmetic.maximum(unbox(a), unbox(b), e));
  }

  public static long feq_s(long a, long b, int rm, FloatEnvironment e) {
    return bit(SingleArithmetic.equal(unbox(a), unbox(b), e));
  }

  public static long flt_s(long a, long b, int rm, FloatEnvironment e) {
    return bit(SingleArithmetic.less(unbox(a), unbox(b), e));
  }

  public static long fle_s(long a, long b, int rm, FloatEnvironment e) {
    return bit(SingleArithmetic.lessOrEqual(unbox(a), unbox(b), e));
  }

  public static long fclass_s(long a, int rm, FloatEnvironment e) {
    return SingleArithmetic.classify(unbox(a));
  }

  // Single precision: conversion from and to integer registers.

  public static long fcvt_w_s(long a, int rm, FloatEnvironment e) {
    return Conversion.doubleToInt(Conversion.widen(unbox(a)), rm, e);
  }

  public static long fcvt_wu_s(long a, int rm, FloatEnvironment e) {
    return Conversion.doubleToUnsignedInt(Conversion.widen(unbox(a)), rm, e);
  }

  public static long fcvt_l_s(long a, int rm, FloatEnvironment e) {
    return Conversion.doubleToLong(Conversion.widen(unbox(a)), rm, e);
  }

  public static long fcvt_lu_s(long a, int rm, FloatEnvironment e) {
    return Conversion.doubleToUnsignedLong(Conversion.widen(unbox(a)), rm, e);
  }

  public static long fcvt_s_w(long a, int rm, FloatEnvironment e) {
    return box(Conversion.intToSingle((int) a, rm, e));
  }

  public static long fcvt_s_wu(long a, int rm, FloatEnvironment e) {
    return box(Conversion.longToSingle(Integer.toUnsignedLong((int) a), rm, e));
  }

  public static long fcvt_s_l(long a, int rm, FloatEnvironment e) {
    return box(Conversion.longToSingle(a, rm, e));
  }

  public static long fcvt_s_lu(long a, int rm, FloatEnvironment e) {
    return box(Conversion.unsignedLongToSingle(a, rm, e));
  }

  // Double precision: arithmetic.

  public static long fadd_d(long a, long b, int rm, FloatEnvironment e) {
    return DoubleArithmetic.add(a, b, rm, e);
  }

  public static long fsub_d(long a, long b, int rm, FloatEnvironment e) {
    return DoubleArithmetic.subtract(a, b, rm, e);
  }

  public static long fmul_d(long a, long b, int rm, FloatEnvironment e) {
    return DoubleArithmetic.multiply(a, b, rm, e);
  }

  public static long fdiv_d(long a, long b, int rm, FloatEnvironment e) {
    return DoubleArithmetic.divide(a, b, rm, e);
  }

  public static long fsqrt_d(long a, int rm, FloatEnvironment e) {
    return DoubleArithmetic.squareRoot(a, rm, e);
  }

  public static long fmadd_d(long a, long b, long c, int rm, FloatEnvironment e) {
    return DoubleArithmetic.multiplyAdd(a, b, c, rm, e);
  }

  public static long fmsub_d(long a, long b, long c, int rm, FloatEnvironment e) {
    return DoubleArithmetic.multiplyAdd(a, b, c ^ DOUBLE_SIGN, rm, e);
  }

  public static long fnmsub_d(long a, long b, long c, int rm, FloatEnvironment e) {
    return DoubleArithmetic.multiplyAdd(a ^ DOUBLE_SIGN, b, c, rm, e);
  }

  public static long fnmadd_d(long a, long b, long c, int rm, FloatEnvironment e) {
    return DoubleArithmetic.multiplyAdd(a ^ DOUBLE_SIGN, b, c ^ DOUBLE_SIGN, rm, e);
  }

  // Double precision: sign injection, minimum and maximum, comparison, class.

  public static long fsgnj_d(long a, long b, int rm, FloatEnvironment e) {
    return (a & ~DOUBLE_SIGN) | (b & DOUBLE_SIGN);
  }

  public static long fsgnjn_d(long a, long b, int rm, FloatEnvironment e) {
    return (a & ~DOUBLE_SIGN) | (~b & DOUBLE_SIGN);
  }

  public static long fsgnjx_d(long a, long b, int rm, FloatEnvironment e) {
    return a ^ (b & DOUBLE_SIGN);
  }

  public static long fmin_d(long a, long b, int rm, FloatEnvironment e) {
    return DoubleArithmetic.minimum(a, b, e);
  }

  public static long fmax_d(long a, long b, int rm, FloatEnvironment e) {
    return DoubleArithmetic.maximum(a, b, e);
  }

  public static long feq_d(long a, long b, int rm, FloatEnvironment e) {
    return bit(DoubleArithmetic.equal(a, b, e));
  }

  public static long flt_d(long a, long b, int rm, FloatEnvironment e) {
    return bit(DoubleArithmetic.less(a, b, e));
  }

  public static long fle_d(long a, long b, int rm, FloatEnvironment e) {
    return bit(DoubleArithmetic.lessOrEqual(a, b, e));
  }

  public static long fclass_d(long a, int rm, FloatEnvironment e) {
    return DoubleArithmetic.classify(a);
  }

  // Double precision: conversion from and to integer registers.

  public static long fcvt_w_d(long a, int rm, FloatEnvironment e) {
    return Conversion.doubleToInt(a, rm, e);
  }

  public static long fcvt_wu_d(long a, int rm, FloatEnvironment e) {
    return Conversion.doubleToUnsignedInt(a, rm, e);
  }

  public static long fcvt_l_d(long a, int rm, FloatEnvironment e) {
    return Conversion.doubleToLong(a, rm, e);
  }

  public static long fcvt_lu_d(long a, int rm, FloatEnvironment e) {
    return Conversion.doubleToUnsignedLong(a, rm, e);
  }

  public static long fcvt_d_w(long a, int rm, FloatEnvironment e) {
    return Conversion.intToDouble((int) a);
  }

  public static long fcvt_d_wu(long a, int rm, FloatEnvironment e) {
    return Conversion.longToDouble(Integer.toUnsignedLong((int) a), rm, e);
  }

  public static long fcvt_d_l(long a, int rm, FloatEnvironment e) {
    return Conversion.longToDouble(a, rm, e);
  }

  public static long fcvt_d_lu(long a, int rm, FloatEnvironment e) {
    return Conversion.unsignedLongToDouble(a, rm, e);
  }

  // Conversion between the formats, and moves of bits.

  public static long fcvt_s_d(long a, int rm, FloatEnvironment e) {
    return box(Conversion.doubleToSingle(a, rm, e));
  }

  public static long fcvt_d_s(long a, int rm, FloatEnvironment e) {
    return Conversion.singleToDouble(unbox(a), e);
  }

  public static long fmv_x_w(long a, int rm, FloatEnvironment e) {
    return (int) a;
  }

  public static long fmv_w_x(long a, int rm, FloatEnvironment e) {
    return box((int) a);
  }

  public static long fmv_x_d(long a, int rm, FloatEnvironment e) {
    return a;
  }

  public static long fmv_d_x(long a, int rm, FloatEnvironment e) {
    return a;
  }
}
