package org.javisor.riscv.board.sbi;

import org.jspecify.annotations.Nullable;

/** The firmware events that are counted (SBI 2.0, table "PMU Firmware Events"). */
enum FirmwareEvent {
  SET_TIMER(5),
  IPI_SENT(6),
  IPI_RECEIVED(7),
  FENCE_I_SENT(8),
  FENCE_I_RECEIVED(9),
  SFENCE_VMA_SENT(10),
  SFENCE_VMA_RECEIVED(11),
  SFENCE_VMA_ASID_SENT(12),
  SFENCE_VMA_ASID_RECEIVED(13);

  private final int code;

  FirmwareEvent(int code) {
    this.code = code;
  }

  /** The lower 16 bits of its event index. */
  int code() {
    return code;
  }

  /** The event with a code, or null if it is not counted. */
  static @Nullable FirmwareEvent ofCode(long code) {
    for (FirmwareEvent event : values()) {
      if (event.code == code) {
        return event;
      }
    }
    return null;
  }
}
