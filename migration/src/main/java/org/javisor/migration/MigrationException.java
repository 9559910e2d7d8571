package org.javisor.migration;

import java.io.IOException;
import java.io.Serial;

/** A migration came to nothing: the machine is where it was, as it was. */
public class MigrationException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final Stage stage;

  /** It ended in this stage, for this reason. */
  public MigrationException(Stage stage, String reason) {
    super(reason);
    this.stage = stage;
  }

  /** It ended in this stage, for this reason. */
  public MigrationException(Stage stage, String reason, Throwable cause) {
    super(reason, cause);
    this.stage = stage;
  }

  /** How far it was. */
  public Stage stage() {
    return stage;
  }
}
