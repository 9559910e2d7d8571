package org.javisor.host.instance;

import java.io.Serial;
import org.javisor.host.NotFoundException;

/** There is no instance of that name. */
public final class UnknownInstanceException extends NotFoundException {
  @Serial private static final long serialVersionUID = 1L;

  /** Names it. */
  public UnknownInstanceException(String name) {
    super("there is no instance " + name, null);
  }
}
