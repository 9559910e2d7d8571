package org.javisor.machine;

/**
 * A range of device registers in guest physical address space.
 *
 * <p>Both methods are called on vCPU threads, several at once, with whatever offset and size the
 * guest chooses inside the mapped range. They never throw and return quickly: an offset or size
 * without meaning reads as zero and ignores writes.
 */
public interface MmioHandler {
  /**
   * Reads a register.
   *
   * @param offset bytes from the start of the range
   * @param size 1, 2, 4 or 8 bytes; the access may be misaligned but lies within the range
   * @return the value in the low {@code size} bytes; the rest is ignored
   */
  long read(long offset, int size);

  /**
   * Writes a register.
   *
   * @param offset bytes from the start of the range
   * @param size 1, 2, 4 or 8 bytes
   * @param value the value in the low {@code size} bytes; the rest is undefined
   */
  void write(long offset, int size, long value);
}
