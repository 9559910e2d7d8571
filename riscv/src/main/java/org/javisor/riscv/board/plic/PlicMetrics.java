package org.javisor.riscv.board.plic;

/**
 * Counters of a PLIC since it was made.
 *
 * @param claims claims that returned a source
 * @param spuriousClaims claims that returned 0, because another hart was quicker
 * @param completions completions accepted
 */
public record PlicMetrics(long claims, long spuriousClaims, long completions) {}
