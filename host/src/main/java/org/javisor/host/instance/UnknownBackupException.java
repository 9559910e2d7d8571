package org.javisor.host.instance;

import java.io.Serial;
import org.javisor.host.NotFoundException;

/** The instance has no backup of that name. */
public final class UnknownBackupException extends NotFoundException {
  @Serial private static final long serialVersionUID = 1L;

  /** Names it. */
  public UnknownBackupException(String instance, String name, Throwable cause) {
    super("the instance " + instance + " has no backup " + name, cause);
  }
}
