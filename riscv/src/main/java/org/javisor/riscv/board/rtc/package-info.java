/** The real-time clock: a Goldfish RTC ({@code google,goldfish-rtc} in the device tree). */
@org.jspecify.annotations.NullMarked
package org.javisor.riscv.board.rtc;
