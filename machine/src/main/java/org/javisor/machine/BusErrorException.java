package org.javisor.machine;

/** A guest physical address that neither memory nor a device answers; engines raise a fault. */
public final class BusErrorException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long gpa;

  /** Nothing answers at {@code gpa}. */
  public BusErrorException(long gpa) {
    // Guests can cause this at any rate, so it carries no stack trace.
    super("no device at guest physical address 0x" + Long.toHexString(gpa), null, false, false);
    this.gpa = gpa;
  }

  /** The guest physical address of the access. */
  public long gpa() {
    return gpa;
  }
}
