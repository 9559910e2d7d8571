package org.javisor.riscv.board.rtc;

/**
 * Counters of a real-time clock since it was made.
 *
 * @param reads times read
 * @param alarms alarms that came
 */
public record GoldfishRtcMetrics(long reads, long alarms) {}
