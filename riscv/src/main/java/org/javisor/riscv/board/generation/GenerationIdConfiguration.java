package org.javisor.riscv.board.generation;

/**
 * How the generation ID presents itself.
 *
 * @param name the device's
 */
public record GenerationIdConfiguration(String name) {
  /** Bytes of guest physical address space that it takes. */
  public static final long REGISTER_BYTES = 0x1000;
}
