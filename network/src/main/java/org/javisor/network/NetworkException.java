package org.javisor.network;

/** A network cannot do what it was asked for; the message says what is wrong and what to do. */
public final class NetworkException extends Exception {
  private static final long serialVersionUID = 1L;

  /** For this reason. */
  public NetworkException(String message) {
    super(message);
  }

  /** For this reason, because of that. */
  public NetworkException(String message, Throwable cause) {
    super(message, cause);
  }
}
