package org.javisor.riscv.board.plic;

/**
 * The shape of a PLIC.
 *
 * @param sources number of interrupt sources; they are numbered 1 to {@code sources}
 * @param contexts number of contexts; context <i>n</i> is the supervisor mode of hart <i>n</i>
 */
public record PlicConfiguration(int sources, int contexts) {
  /** Sources the register layout has room for; source 0 does not exist. */
  public static final int MAXIMUM_SOURCES = 1023;

  /** Contexts we accept; the layout would have room for 15,872. */
  public static final int MAXIMUM_CONTEXTS = 1024;

  /** Checks the bounds. */
  public PlicConfiguration {
    if (sources < 1 || sources > MAXIMUM_SOURCES) {
      throw new IllegalArgumentException("PLIC sources must be 1 to 1023, not " + sources);
    }
    if (contexts < 1 || contexts > MAXIMUM_CONTEXTS) {
      throw new IllegalArgumentException("PLIC contexts must be 1 to 1024, not " + contexts);
    }
  }

  /** Bytes of address space the registers take, whole pages. */
  public long registerBytes() {
    return Plic.CONTEXT_BASE + contexts * Plic.CONTEXT_STRIDE;
  }

  /** 32-bit words of one bit per source, source 0 included. */
  int words() {
    return sources / Integer.SIZE + 1;
  }
}
