package org.javisor.storage.store;

import java.io.IOException;

/** Contents that are not what their digest promised. */
public final class DigestMismatchException extends IOException {

  private static final long serialVersionUID = 1;

  private final transient Sha256 expected;
  private final transient Sha256 actual;

  DigestMismatchException(Sha256 expected, Sha256 actual) {
    super("contents have digest %s, not %s as expected".formatted(actual, expected));
    this.expected = expected;
    this.actual = actual;
  }

  public Sha256 expected() {
    return expected;
  }

  public Sha256 actual() {
    return actual;
  }
}
