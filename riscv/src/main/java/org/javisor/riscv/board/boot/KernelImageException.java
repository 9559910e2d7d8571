package org.javisor.riscv.board.boot;

/** A kernel, or what is to boot with it, that cannot be booted; the message says why. */
public final class KernelImageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a message of one line that names what is wrong. */
  public KernelImageException(String message) {
    super(message);
  }

  /** With a message of one line that names what is wrong, and the cause. */
  public KernelImageException(String message, Throwable cause) {
    super(message, cause);
  }
}
