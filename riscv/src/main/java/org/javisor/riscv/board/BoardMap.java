package org.javisor.riscv.board;

/** Physical addresses and interrupt numbers of the board. */
public final class BoardMap {
  /** The real-time clock. */
  public static final long RTC = 0x10_1000;

  /** The generation ID. */
  public static final long GENERATION_ID = 0x10_2000;

  /** The interrupt controller. */
  public static final long PLIC = 0xc00_0000;

  /** The serial port. */
  public static final long UART = 0x1000_0000;

  /** The first device slot; the others follow, {@link #SLOT_BYTES} apart. */
  public static final long SLOTS = 0x1000_1000;

  /** Distance of the slots. */
  public static final long SLOT_BYTES = 0x1000;

  /** Most slots a board has. */
  public static final int MAXIMUM_SLOTS = 64;

  /** RAM. */
  public static final long MEMORY = 0x8000_0000L;

  /** Interrupt source of the serial port. */
  public static final int UART_INTERRUPT = 1;

  /** Interrupt source of the real-time clock. */
  public static final int RTC_INTERRUPT = 2;

  /** Interrupt source of the generation ID. */
  public static final int GENERATION_ID_INTERRUPT = 3;

  /** Interrupt source of the first slot; the others follow. */
  public static final int FIRST_SLOT_INTERRUPT = 4;

  /** Ticks per second of the {@code time} CSR. */
  public static final int TIMEBASE_HERTZ = 10_000_000;

  /** Interrupt sources of the interrupt controller. */
  static final int INTERRUPT_SOURCES = FIRST_SLOT_INTERRUPT + MAXIMUM_SLOTS - 1;

  /** Register address of a slot. */
  public static long slot(int index) {
    return SLOTS + index * SLOT_BYTES;
  }

  private BoardMap() {}
}
