package org.javisor.host;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * What a machine is to be, as somebody asked for it.
 *
 * @param boot what it boots
 * @param cpus number of harts, {@value #MIN_CPUS} to {@value #MAX_CPUS}
 * @param memory bytes of guest memory, 64 MiB to 16 GiB, rounded down to {@link #MEMORY_UNIT};
 *     empty for what the image wants
 * @param diskSize bytes the disk is grown to; empty leaves it at the size of its image
 * @param engine how its instructions are executed
 * @param append words added at the end of the kernel command line; may be empty
 * @param name a machine that keeps its disk under this name; empty for a throw-away machine
 * @param verbose whether the kernel's boot messages are wanted
 */
public record MachineSpec(
    Boot boot,
    int cpus,
    OptionalLong memory,
    OptionalLong diskSize,
    EngineKind engine,
    String append,
    Optional<String> name,
    boolean verbose) {

  public static final int MIN_CPUS = 1;
  public static final int MAX_CPUS = 8;
  public static final long MIN_MEMORY = 64L << 20;
  public static final long MAX_MEMORY = 16L << 30;

  /** Memory comes in whole pages of 2 MiB, the unit of the kernel's linear mapping. */
  public static final long MEMORY_UNIT = 2L << 20;

  public static final long MAX_DISK = 1L << 44;

  /** Linux cuts its command line at this many bytes (COMMAND_LINE_SIZE of RISC-V, less the NUL). */
  public static final int MAX_APPEND = 900;

  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  /** What a machine boots. */
  public sealed interface Boot {
    /**
     * An image of ours.
     *
     * @param reference its name as given: {@code busybox}, {@code debian:trixie}
     */
    record Image(String reference) implements Boot {}

    /**
     * A person's own kernel.
     *
     * @param kernel a RISC-V Linux Image
     * @param initialRamDisk an initial RAM disk, if any
     * @param disk a raw disk, if any; it is only read, the guest's writes go to an overlay
     */
    record OwnKernel(Path kernel, Optional<Path> initialRamDisk, Optional<Path> disk)
        implements Boot {}
  }

  /**
   * Checks every limit.
   *
   * @throws ProblemException naming the first value out of range
   */
  public MachineSpec {
    if (cpus < MIN_CPUS || cpus > MAX_CPUS) {
      throw ProblemException.badInput(
          "a machine cannot have " + cpus + " cpus", "give it " + MIN_CPUS + " to " + MAX_CPUS);
    }
    if (memory.isPresent()) {
      memory = OptionalLong.of(checkMemory(memory.getAsLong()));
    }
    if (diskSize.isPresent() && (diskSize.getAsLong() < 1 || diskSize.getAsLong() > MAX_DISK)) {
      throw ProblemException.badInput(
          "a disk cannot have " + sizeOrHuge(diskSize.getAsLong()),
          "at most " + ByteSize.format(MAX_DISK) + " are possible");
    }
    if (append.length() > MAX_APPEND || append.chars().anyMatch(c -> c < ' ' || c > '~')) {
      throw ProblemException.badInput(
          "the words for the kernel command line do not fit",
          "use at most " + MAX_APPEND + " printable ASCII characters");
    }
    name.ifPresent(MachineSpec::checkName);
  }

  private static long checkMemory(long memory) {
    if (memory < MIN_MEMORY || memory > MAX_MEMORY) {
      throw ProblemException.badInput(
          "a machine cannot have " + sizeOrHuge(memory) + " of memory",
          "give it " + ByteSize.format(MIN_MEMORY) + " to " + ByteSize.format(MAX_MEMORY));
    }
    return memory / MEMORY_UNIT * MEMORY_UNIT;
  }

  private static void checkName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw ProblemException.badInput(
          "'" + name + "' cannot be a machine's name",
          "use 1 to 63 small letters, digits and hyphens inside");
    }
  }

  private static String sizeOrHuge(long bytes) {
    return bytes == Long.MAX_VALUE ? "that much" : ByteSize.format(bytes);
  }
}
