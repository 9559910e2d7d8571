package org.javisor.host.network;

import java.io.Serial;
import org.javisor.host.NotFoundException;

/** There is no network of that name. */
public final class UnknownNetworkException extends NotFoundException {
  @Serial private static final long serialVersionUID = 1L;

  /** Names it. */
  public UnknownNetworkException(String name) {
    super("there is no network " + name, null);
  }
}
