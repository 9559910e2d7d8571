package org.javisor.riscv.board.sbi;

/**
 * What a call returns (SBI 2.0, chapter 3).
 *
 * @param error goes to a0: 0 or a code of {@link SbiError}
 * @param value goes to a1
 */
public record SbiResult(long error, long value) {
  /** Success with value 0. */
  public static final SbiResult SUCCESS = new SbiResult(0, 0);

  /** Success with a value. */
  public static SbiResult of(long value) {
    return new SbiResult(0, value);
  }
}
