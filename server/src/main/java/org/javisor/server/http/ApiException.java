package org.javisor.server.http;

import java.io.Serial;

/** Ends a call with an error. */
public final class ApiException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final int status;

  /** An HTTP status and one line for the person who called. */
  public ApiException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** 400: the call cannot be meant. */
  public static ApiException badRequest(String message) {
    return new ApiException(400, message);
  }

  /** 404: there is no such thing. */
  public static ApiException notFound(String message) {
    return new ApiException(404, message);
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }
}
