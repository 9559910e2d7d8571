package org.javisor.host.handover;

import java.nio.file.Path;
import java.util.List;
import org.javisor.machine.MemoryHandOver;
import org.javisor.machine.StateVersion;

/**
 * One machine that stands still, for another process to go on with.
 *
 * @param name of the instance
 * @param paused whether somebody has paused it, so that it is not to run on by itself
 * @param startedAt when it was powered on, in milliseconds since 1970
 * @param hardware what it is
 * @param image the file its memory was made from, if it shares it; empty if not
 * @param memory the file with its memory, or with what differs from the image
 * @param state of clock, devices and vCPUs, as {@code Machine.write} has it
 * @param stoodAt when it stopped, in nanoseconds of the system's monotonic clock
 * @param savedAt when memory and state were ready, likewise
 */
@StateVersion(1)
@SuppressWarnings("ArrayRecordComponent") // Handed over once, never compared.
public record MachineTransfer(
    String name,
    boolean paused,
    long startedAt,
    Hardware hardware,
    String image,
    String memory,
    byte[] state,
    long stoodAt,
    long savedAt)
    implements HandOverMessage {

  /**
   * What a machine is, besides its devices' configuration, which follows from its instance's.
   *
   * @param cpus number of harts
   * @param memory bytes of memory
   * @param interpreted whether its instructions are interpreted only
   * @param kernel the file it boots
   * @param initialRamDisk the file of its initial RAM disk; empty if it has none
   * @param commandLine the whole kernel command line
   * @param profile the name of the profile of its hot code; empty if it has none
   * @param ports the names of its console device's ports, in their order
   * @param disks how many disks it has
   */
  @StateVersion(1)
  public record Hardware(
      int cpus,
      long memory,
      boolean interpreted,
      String kernel,
      String initialRamDisk,
      String commandLine,
      String profile,
      List<String> ports,
      int disks)
      implements org.javisor.machine.SavedState {
    /** Copies the list. */
    public Hardware {
      ports = List.copyOf(ports);
    }
  }

  /** Where its memory is. */
  public MemoryHandOver memoryHandOver() {
    return image.isEmpty()
        ? new MemoryHandOver.Whole(Path.of(memory))
        : new MemoryHandOver.Changes(Path.of(image), Path.of(memory));
  }
}
