package org.javisor.riscv.board.uart;

/**
 * Counters of a UART since it was made.
 *
 * @param bytesIn bytes taken from the console
 * @param bytesOut bytes given to the console
 * @param overruns bytes lost because the guest wrote to a full transmitter or looped back too many
 */
public record UartMetrics(long bytesIn, long bytesOut, long overruns) {}
