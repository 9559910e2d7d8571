package org.javisor.host.snapshot;

import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A snapshot cannot be taken, or what is in a folder is not one that can be used here. */
public final class SnapshotException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  SnapshotException(String message) {
    super(message);
  }

  SnapshotException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
