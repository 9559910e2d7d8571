package org.javisor.riscv.board.generation;

/**
 * Counters of a generation ID.
 *
 * @param changes how often it got another value while the machine existed
 * @param reads how often the guest has read it
 */
public record GenerationIdMetrics(long changes, long reads) {}
