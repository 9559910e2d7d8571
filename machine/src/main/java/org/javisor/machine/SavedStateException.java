package org.javisor.machine;

/** Saved state that cannot be read or does not fit the component it is given to. */
public final class SavedStateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a message that names the component and what is wrong. */
  public SavedStateException(String message) {
    super(message);
  }

  /** With a message that names the component and what is wrong, and the cause. */
  public SavedStateException(String message, Throwable cause) {
    super(message, cause);
  }
}
