package org.javisor.machine.snapshot;

import java.io.IOException;
import java.io.Serial;

/** A memory file is not what its index says. */
public final class MemoryFileException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  MemoryFileException(String message) {
    super(message);
  }
}
