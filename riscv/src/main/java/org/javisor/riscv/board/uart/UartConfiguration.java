package org.javisor.riscv.board.uart;

/**
 * The shape of a UART.
 *
 * @param name unique name of the device within its machine
 * @param clockHertz frequency that the guest divides down to a baud rate; it changes nothing here
 */
public record UartConfiguration(String name, int clockHertz) {
  /** The frequency most guests know, 16 x 230,400 Hz. */
  public static final int DEFAULT_CLOCK_HERTZ = 3_686_400;

  /** The register block, padded to what bus layouts usually give a UART. */
  public static final long REGISTER_BYTES = 0x100;

  /** Checks the frequency. */
  public UartConfiguration {
    if (clockHertz <= 0) {
      throw new IllegalArgumentException("UART clock must be positive, not " + clockHertz);
    }
  }
}
