package org.javisor.network;

import java.util.Optional;
import org.javisor.network.ethernet.RateLimit;

/**
 * How much may pass a machine's port.
 *
 * @param send of what the machine sends; empty is without limit
 * @param receive of what is sent to it; empty is without limit
 */
public record PortRates(Optional<RateLimit> send, Optional<RateLimit> receive) {
  /** Without limits. */
  public static final PortRates NONE = new PortRates(Optional.empty(), Optional.empty());
}
