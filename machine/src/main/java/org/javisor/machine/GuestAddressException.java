package org.javisor.machine;

/** An access to guest physical memory that lies wholly or partly outside it. */
public final class GuestAddressException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An access of {@code length} bytes at {@code gpa} that memory does not hold. */
  public GuestAddressException(long gpa, long length) {
    // Guests can cause this at any rate, so it carries no stack trace.
    super(
        "guest physical range 0x%x, %d bytes, is outside guest memory".formatted(gpa, length),
        null,
        false,
        false);
  }
}
