package org.javisor.bench;

import java.util.Optional;

/**
 * How long a machine took to the program whose start ends its boot.
 *
 * @param seconds from the start of Javisor's process
 * @param peerSeconds from the start of the peer's process
 * @param ratio Javisor's speed over the peer's
 */
public record BootTime(double seconds, Optional<Double> peerSeconds, Optional<Double> ratio) {}
