package org.javisor.riscv.board.sbi;

/** The hart mask parameter pair of IPI and RFENCE calls (SBI 2.0, section 3.1). */
final class HartMask {
  /** What {@link #of} returns for a mask that names a hart that does not exist. */
  static final long INVALID = -1;

  private HartMask() {}

  /**
   * The harts meant, bit <i>n</i> for hart <i>n</i>.
   *
   * @param mask bits relative to the base
   * @param base id of the hart that bit 0 means; -1 means all harts, whatever the mask
   * @param harts number of harts, at most 63
   */
  static long of(long mask, long base, int harts) {
    long existing = (1L << harts) - 1;
    if (base == -1) {
      return existing;
    }
    if (base < 0 || base >= harts) {
      return INVALID;
    }
    long shifted = mask << base;
    // A bit that was shifted out or lies beyond the last hart names no hart.
    return shifted >>> base != mask || (shifted & ~existing) != 0 ? INVALID : shifted;
  }
}
