package org.javisor.host.network;

import java.io.Serial;

/** There is no network of that name. */
public final class UnknownNetworkException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** Names it. */
  public UnknownNetworkException(String name) {
    super("there is no network " + name);
  }
}
