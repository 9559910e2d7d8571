package org.javisor.riscv.board.sbi;

/** The standard error codes (SBI 2.0, table 1). */
public enum SbiError {
  /** SBI_ERR_FAILED. */
  FAILED(-1),
  /** SBI_ERR_NOT_SUPPORTED. */
  NOT_SUPPORTED(-2),
  /** SBI_ERR_INVALID_PARAM. */
  INVALID_PARAMETER(-3),
  /** SBI_ERR_DENIED. */
  DENIED(-4),
  /** SBI_ERR_INVALID_ADDRESS. */
  INVALID_ADDRESS(-5),
  /** SBI_ERR_ALREADY_AVAILABLE. */
  ALREADY_AVAILABLE(-6),
  /** SBI_ERR_ALREADY_STARTED. */
  ALREADY_STARTED(-7),
  /** SBI_ERR_ALREADY_STOPPED. */
  ALREADY_STOPPED(-8),
  /** SBI_ERR_NO_SHMEM. */
  NO_SHARED_MEMORY(-9);

  private final int code;

  SbiError(int code) {
    this.code = code;
  }

  /** The value of a0. */
  public int code() {
    return code;
  }

  /** A result of this error, with value 0. */
  SbiResult result() {
    return new SbiResult(code, 0);
  }
}
