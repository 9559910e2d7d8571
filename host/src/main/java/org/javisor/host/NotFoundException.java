package org.javisor.host;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** There is nothing of the name that was given. */
public abstract class NotFoundException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /**
   * Nothing of that name.
   *
   * @param message names it
   */
  protected NotFoundException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
