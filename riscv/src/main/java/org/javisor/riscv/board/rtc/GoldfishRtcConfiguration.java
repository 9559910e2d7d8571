package org.javisor.riscv.board.rtc;

/**
 * The shape of a real-time clock.
 *
 * @param name unique name of the device within its machine
 */
public record GoldfishRtcConfiguration(String name) {
  /** Bytes of address space the registers take. */
  public static final long REGISTER_BYTES = 0x1000;
}
