package org.javisor.host.snapshot;

import java.util.List;
import org.javisor.machine.SavedState;
import org.javisor.machine.StateVersion;

/**
 * What a machine is, so that another one can take its state.
 *
 * @param cpus number of harts
 * @param memory bytes of memory
 * @param profile the name of the profile of its hot code; empty if it has none
 * @param kernel what it boots
 * @param initialRamDisk its initial RAM disk: one or none
 * @param commandLine the whole kernel command line
 * @param ports the names of its console device's ports, in their order
 * @param addresses the MAC addresses of its network devices, such as {@code 02:00:00:00:00:01}
 * @param disks how many disks it has
 */
@StateVersion(1)
public record MachineDescription(
    int cpus,
    long memory,
    String profile,
    FileReference kernel,
    List<FileReference> initialRamDisk,
    String commandLine,
    List<String> ports,
    List<String> addresses,
    int disks)
    implements SavedState {
  /** Copies the lists. */
  public MachineDescription {
    initialRamDisk = List.copyOf(initialRamDisk);
    ports = List.copyOf(ports);
    addresses = List.copyOf(addresses);
  }
}
