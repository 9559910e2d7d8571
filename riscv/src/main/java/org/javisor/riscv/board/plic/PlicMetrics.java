package org.javisor.riscv.board.plic;

/**
 * Counters of a PLIC since it was made.
 *
 * @param claims claims that returned a source
 * @param emptyClaims claims that returned 0: handlers claim until nothing is left
 * @param completions completions accepted
 */
public record PlicMetrics(long claims, long emptyClaims, long completions) {}
