package org.javisor.host.instance;

import java.io.Serial;

/** There is no instance of that name. */
public final class UnknownInstanceException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** Names it. */
  public UnknownInstanceException(String name) {
    super("there is no instance " + name);
  }
}
