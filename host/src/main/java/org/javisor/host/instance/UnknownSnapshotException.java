package org.javisor.host.instance;

import java.io.Serial;
import org.javisor.host.NotFoundException;

/** The instance has no snapshot of that name. */
public final class UnknownSnapshotException extends NotFoundException {
  @Serial private static final long serialVersionUID = 1L;

  /** Names it. */
  public UnknownSnapshotException(String name, Throwable cause) {
    super("there is no snapshot " + name, cause);
  }
}
