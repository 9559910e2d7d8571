package org.javisor.host.instance;

import java.nio.file.Path;
import java.util.Optional;
import org.javisor.host.KeptMachine;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.storage.store.Sha256;

/**
 * What the target has to know of an instance besides its machine.
 *
 * @param version of this form
 * @param config what it is to be
 * @param image the name of the image that it was made from
 * @param commandLine the image's kernel command line
 * @param memory bytes of memory that the image wants
 * @param minimumMemory bytes of memory below which it does not boot
 * @param kernel digest of the kernel
 * @param initialRamDisk digest of the initial RAM disk
 * @param disk digest of the root disk that the image has; empty if it has none
 * @param address its address on its network; empty if it is on none
 * @param disks how many disks the machine has, those that cannot be written too
 */
public record MovedConfiguration(
    int version,
    InstanceConfig config,
    String image,
    String commandLine,
    long memory,
    long minimumMemory,
    String kernel,
    String initialRamDisk,
    String disk,
    String address,
    int disks) {
  static final int VERSION = 1;

  static MovedConfiguration of(HostedInstance instance, int disks) {
    KeptMachine made = instance.image();
    return new MovedConfiguration(
        VERSION,
        instance.config(),
        made.image(),
        made.commandLine(),
        made.memory(),
        made.minimumMemory(),
        name(made.kernel()),
        name(made.initialRamDisk()),
        made.disk().map(MovedConfiguration::name).orElse(""),
        instance.networkPort().map(port -> port.address().toString()).orElse(""),
        disks);
  }

  /** Its address on its network, if it is on one. */
  Optional<Ipv4Address> place() {
    return address.isEmpty() ? Optional.empty() : Optional.of(Ipv4Address.parse(address));
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  /** What it was made from, with files as they are called in this folder. */
  KeptMachine made(Path files) {
    return new KeptMachine(
        image,
        files.resolve(digest(kernel)),
        files.resolve(digest(initialRamDisk)),
        disk.isEmpty() ? Optional.empty() : Optional.of(files.resolve(digest(disk))),
        commandLine,
        memory,
        minimumMemory);
  }

  /** A peer's word becomes a file's name only if it is a digest. */
  private static String digest(String text) {
    return new Sha256(text).hex();
  }
}
