package org.javisor.riscv.isa;

import static org.javisor.riscv.isa.RegisterFile.FLOAT;
import static org.javisor.riscv.isa.RegisterFile.INTEGER;
import static org.javisor.riscv.isa.RegisterFile.NONE;

/**
 * How engines call the meaning of an instruction. A meaning is a public static method; its
 * parameters are plain values, so that an engine may keep guest registers wherever it likes. {@code
 * Hart} and {@code FloatEnvironment} are the types of those names in the packages below this one.
 *
 * <p>Every floating-point shape has two trailing parameters {@code (int rm, FloatEnvironment e)}:
 * the rounding mode, where the engine has already replaced the dynamic mode (7) by the one in
 * {@code frm}, and the place where exception flags accrue. The names of these shapes give the files
 * of result and operands.
 */
public enum Shape {
  /** A pseudo-row ({@code UNDECODED}, {@code ILLEGAL}): engines know what to do. */
  PSEUDO(NONE, NONE, NONE, NONE),
  /** {@code long f(long a, long b)}. */
  ALU_RR(INTEGER, INTEGER, INTEGER, NONE),
  /** {@code long f(long a)}. */
  ALU_R(INTEGER, INTEGER, NONE, NONE),
  /** {@code long f(long a, long immediate)}. */
  ALU_RI(INTEGER, INTEGER, NONE, NONE),
  /** {@code long f(long pc, long immediate)}. */
  ALU_PC(INTEGER, NONE, NONE, NONE),
  /** {@code boolean f(long a, long b)}: is the branch taken? The offset is the immediate. */
  BRANCH(NONE, INTEGER, INTEGER, NONE),
  /** No method: engines write the link register and jump to pc + immediate. */
  JAL(INTEGER, NONE, NONE, NONE),
  /**
   * No method: engines jump to (rs1 + immediate) with bit 0 cleared, rs1 read before the link is
   * written.
   */
  JALR(INTEGER, INTEGER, NONE, NONE),
  /**
   * {@code long f(Hart h, long tlb, long address)}, tlb = the hart's soft-TLB table, address = rs1
   * + immediate.
   */
  LOAD(INTEGER, INTEGER, NONE, NONE),
  /**
   * {@code void f(Hart h, long tlb, long address, long value)}, address = rs1 + immediate, value =
   * rs2.
   */
  STORE(NONE, INTEGER, INTEGER, NONE),
  /** As {@link #LOAD}; the result, already NaN-boxed, goes to a floating-point register. */
  FLOAD(FLOAT, INTEGER, NONE, NONE),
  /** As {@link #STORE}; the value is the whole floating-point register rs2. */
  FSTORE(NONE, INTEGER, FLOAT, NONE),
  /** {@code long f(Hart h, long address, long value)}, address = rs1, value = rs2 (0 for lr). */
  AMO(INTEGER, INTEGER, INTEGER, NONE),
  /** {@code long f(long a, int rm, FloatEnvironment e)}. */
  F_F(FLOAT, FLOAT, NONE, NONE),
  /** {@code long f(long a, long b, int rm, FloatEnvironment e)}. */
  F_FF(FLOAT, FLOAT, FLOAT, NONE),
  /** {@code long f(long a, long b, long c, int rm, FloatEnvironment e)}. */
  F_FFF(FLOAT, FLOAT, FLOAT, FLOAT),
  /** As {@link #F_F}, to an integer register. */
  X_F(INTEGER, FLOAT, NONE, NONE),
  /** As {@link #F_FF}, to an integer register. */
  X_FF(INTEGER, FLOAT, FLOAT, NONE),
  /** As {@link #F_F}, from an integer register. */
  F_X(FLOAT, INTEGER, NONE, NONE),
  /**
   * {@code void f(Hart h, long decoded)}: reads and writes the hart's registers itself, also the
   * write slot {@link Decoded#rd(long)}; engines bring pc and registers up to date first.
   */
  CSR(INTEGER, INTEGER, NONE, NONE),
  /** As {@link #CSR}; may also trap, change the privilege mode or pc. */
  SYSTEM(NONE, INTEGER, INTEGER, NONE);

  private final RegisterFile destination;
  private final RegisterFile first;
  private final RegisterFile second;
  private final RegisterFile third;

  Shape(RegisterFile destination, RegisterFile first, RegisterFile second, RegisterFile third) {
    this.destination = destination;
    this.first = first;
    this.second = second;
    this.third = third;
  }

  /** The file of rd; {@link RegisterFile#NONE} if there is no result. */
  public RegisterFile destination() {
    return destination;
  }

  /** The file of rs1. */
  public RegisterFile first() {
    return first;
  }

  /** The file of rs2. */
  public RegisterFile second() {
    return second;
  }

  /** The file of rs3. */
  public RegisterFile third() {
    return third;
  }

  /** True if the meaning takes the trailing rounding mode and floating-point environment. */
  public boolean isFloatArithmetic() {
    return compareTo(F_F) >= 0 && compareTo(F_X) <= 0;
  }
}
