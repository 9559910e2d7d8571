package org.javisor.host.scheduling;

import java.util.Optional;

/**
 * What a machine may have of the host's processors.
 *
 * @param shares weight against other machines when processors are scarce, at least 1
 * @param allowance what it gets at most, if there is a limit
 */
public record Claim(int shares, Optional<Allowance> allowance) {
  /** Checks the shares. */
  public Claim {
    if (shares < 1) {
      throw new IllegalArgumentException(shares + " shares");
    }
  }
}
