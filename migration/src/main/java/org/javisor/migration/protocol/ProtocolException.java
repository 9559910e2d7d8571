package org.javisor.migration.protocol;

import java.io.IOException;
import java.io.Serial;

/** The other side said what this one does not understand, or does not expect. */
public final class ProtocolException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  /** It said this. */
  public ProtocolException(String message) {
    super(message);
  }

  /** It said this. */
  public ProtocolException(String message, Throwable cause) {
    super(message, cause);
  }
}
