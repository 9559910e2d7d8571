package org.javisor.bench;

import java.util.Optional;

/**
 * Memory of a machine's process in bytes, each figure where it is known.
 *
 * @param overhead what is resident beyond what the guest touched, after the last program
 * @param peak the most that was resident at any time, with the guest's
 * @param codeCache code compiled by the process's JVM, at its end
 */
public record MemoryUse(
    Optional<Double> overhead, Optional<Double> peak, Optional<Double> codeCache) {}
