package org.javisor.riscv.fp;

/**
 * The floating-point control and status register of one hart (RISC-V unprivileged specification,
 * "F" extension, section "Floating-Point Control and Status Register").
 *
 * <p>The fields are public and mutable because every floating-point instruction of the interpreter
 * and of translated code touches them; one hart's thread owns an instance, nothing is synchronized.
 */
public final class FloatEnvironment {
  /** Rounding mode RNE: to nearest, ties to even. */
  public static final int NEAREST_EVEN = 0;

  /** Rounding mode RTZ: towards zero. */
  public static final int TOWARD_ZERO = 1;

  /** Rounding mode RDN: towards negative infinity. */
  public static final int DOWN = 2;

  /** Rounding mode RUP: towards positive infinity. */
  public static final int UP = 3;

  /** Rounding mode RMM: to nearest, ties to the larger magnitude. */
  public static final int NEAREST_MAX_MAGNITUDE = 4;

  /** Flag NX: the result was rounded. */
  public static final int INEXACT = 1;

  /** Flag UF: the result is tiny after rounding, and inexact. */
  public static final int UNDERFLOW = 2;

  /** Flag OF: the rounded result exceeds the format's largest finite number. */
  public static final int OVERFLOW = 4;

  /** Flag DZ: a finite number other than zero was divided by zero. */
  public static final int DIVIDE_BY_ZERO = 8;

  /** Flag NV: the operation has no defined result. */
  public static final int INVALID = 16;

  /**
   * The dynamic rounding mode, the frm field: 0 to 4 are modes, 5 to 7 are reserved values that
   * software may write and that make an instruction with a dynamic rounding mode illegal.
   */
  public int roundingMode;

  /** The accrued exceptions, the fflags field: a set of the five flags above. */
  public int flags;

  /** Rounding to nearest even, no flag set. */
  public FloatEnvironment() {}

  /** Accrues the given flags. */
  void raise(int raised) {
    flags |= raised;
  }
}
