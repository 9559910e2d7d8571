package org.javisor.storage.block;

import java.io.IOException;
import java.io.Serial;

/** There is no such snapshot, or there is one already. The disk is as before. */
public final class SnapshotException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  SnapshotException(String message) {
    super(message);
  }
}
