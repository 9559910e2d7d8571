package org.javisor.riscv.hart;

/**
 * A synchronous exception on its way from the meaning of an instruction to the engine, which
 * catches it at the instruction's address and calls {@link Hart#raise}.
 *
 * <p>Each hart has one instance, without stack trace: guests take traps by the hundred thousand.
 */
public final class Trap extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private int cause;
  private long value;

  Trap() {
    super(null, null, false, false);
  }

  Trap with(int newCause, long newValue) {
    cause = newCause;
    value = newValue;
    return this;
  }

  /** What happened: a constant of {@link Cause}. */
  public int exceptionCause() {
    return cause;
  }

  /** What {@code stval} gets; unused for illegal instructions, whose bits are read on delivery. */
  public long value() {
    return value;
  }
}
