package org.javisor.riscv.board;

import java.util.List;
import org.javisor.machine.Entropy;
import org.javisor.machine.MachineClock;
import org.javisor.riscv.board.boot.BootFile;
import org.javisor.riscv.board.boot.KernelImage;
import org.javisor.riscv.board.console.ConsolePort;
import org.jspecify.annotations.Nullable;

/**
 * What a board is built from.
 *
 * @param harts 1 to 8
 * @param memoryBytes 64 MiB to 16 GiB, whole MiB
 * @param kernel the kernel to boot
 * @param initialRamDisk its initial RAM disk, if any
 * @param commandLine its command line, at most 2047 bytes
 * @param slots devices beside the board's own, in the order of their addresses
 * @param console what is behind the serial port and the SBI console
 * @param clock the machine's time
 * @param entropy where the kernel's random seed comes from
 */
public record BoardConfiguration(
    int harts,
    long memoryBytes,
    KernelImage kernel,
    @Nullable BootFile initialRamDisk,
    String commandLine,
    List<MappedDevice.Slot> slots,
    ConsolePort console,
    MachineClock clock,
    Entropy entropy) {
  /** Most harts. */
  public static final int MAXIMUM_HARTS = 8;

  /** Least memory, in bytes. */
  public static final long MINIMUM_MEMORY = 64L << 20;

  /** Most memory, in bytes. */
  public static final long MAXIMUM_MEMORY = 16L << 30;

  /** Longest command line, in bytes; Linux cuts what is longer. */
  public static final int MAXIMUM_COMMAND_LINE = 2047;

  /** Checks the bounds. */
  public BoardConfiguration {
    slots = List.copyOf(slots);
    if (harts < 1 || harts > MAXIMUM_HARTS) {
      throw new IllegalArgumentException("a board has 1 to 8 harts, not " + harts);
    }
    if (memoryBytes < MINIMUM_MEMORY
        || memoryBytes > MAXIMUM_MEMORY
        || (memoryBytes & 0xf_ffff) != 0) {
      throw new IllegalArgumentException(
          "a board has 64 MiB to 16 GiB of memory in whole MiB, not " + memoryBytes + " bytes");
    }
    if (slots.size() > BoardMap.MAXIMUM_SLOTS) {
      throw new IllegalArgumentException("a board has at most 64 slots, not " + slots.size());
    }
    if (commandLine.length() > MAXIMUM_COMMAND_LINE || commandLine.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a command line has at most 2047 bytes, none of them 0");
    }
  }
}
