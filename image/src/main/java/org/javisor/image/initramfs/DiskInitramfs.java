package org.javisor.image.initramfs;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Initial RAM disks of a system on a disk: one that boots it, one that configures it before. */
public final class DiskInitramfs {
  /** What it takes to mount the root file system. */
  private static final List<String> ROOT =
      List.of("virtio_mmio", "crc32c_generic", "ext4", "virtio_blk");

  /**
   * What would be loaded from the disk a moment later. From there the kernel decompresses modules,
   * checks their signatures and copies their symbols; here they are slim.
   */
  private static final List<String> SOON =
      List.of("virtio_net", "virtio_rng", "autofs4", "configfs");

  private static final Set<String> LIKELY =
      Set.of("failover", "net_failover", "jbd2", "mbcache", "crc16");

  private DiskInitramfs() {}

  /** The modules both need, without those they depend on. */
  public static Set<String> modules() {
    Set<String> names = new LinkedHashSet<>(ROOT);
    names.add("virtio_net");
    names.add("virtio_rng");
    return names;
  }

  /** Modules that are used if the kernel has them, among them those the others depend on. */
  public static Set<String> likelyModules() {
    Set<String> names = new LinkedHashSet<>(LIKELY);
    names.addAll(SOON);
    return names;
  }

  /**
   * Writes the archive that mounts {@code /dev/vda} and hands over to the system on it, and closes
   * the stream.
   *
   * @param busybox the statically linked program
   * @param modules at least {@link #modules} and what they depend on
   */
  public static void writeBoot(OutputStream out, byte[] busybox, ModuleSet modules)
      throws IOException {
    Set<String> order = new LinkedHashSet<>(modules.loadOrder(ROOT));
    order.addAll(
        modules.loadOrder(SOON.stream().filter(name -> modules.get(name) != null).toList()));
    try (CpioWriter cpio = new CpioWriter(out)) {
      for (String folder : List.of("dev", "proc", "sys", "root")) {
        cpio.directory(folder, 0755);
      }
      cpio.characterDevice("dev/console", 0600, 5, 1);
      cpio.file("bin/busybox", 0755, busybox);
      for (String name : order) {
        cpio.file(name + ".ko", 0644, Objects.requireNonNull(modules.get(name)).slim());
      }
      cpio.file("modules", 0644, (String.join(" ", order) + "\n").getBytes(StandardCharsets.UTF_8));
      cpio.file("init", 0755, Script.bytes("boot-init.sh"));
    }
  }

  /**
   * Writes an archive that boots the same system with more files in it, and closes the stream.
   *
   * @param boot the archive that boots it as it is
   * @param files contents of regular files by their paths, such as {@code etc/motd}; they are only
   *     root's to write, and what the machine does to its disk is done to them
   */
  public static void writeWithFiles(OutputStream out, Path boot, Map<String, byte[]> files)
      throws IOException {
    Files.copy(boot, out);
    try (CpioWriter cpio = new CpioWriter(out)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        cpio.file("files/" + file.getKey(), 0644, file.getValue());
      }
      cpio.file("init", 0755, Script.bytes("files-init.sh"));
    }
  }

  /**
   * Writes an archive that mounts {@code /dev/vda} and runs a shell script in the system there,
   * then unmounts it and powers off; closes the stream. What is on {@code /dev/vdb}, if there is
   * one, the script finds in {@code /run/packages}.
   *
   * @param boot the archive that boots the same system: the kernel unpacks one archive after the
   *     other, and a file of the second replaces one of the first
   * @param script the script
   */
  public static void writeConfigure(OutputStream out, Path boot, byte[] script) throws IOException {
    Files.copy(boot, out);
    try (CpioWriter cpio = new CpioWriter(out)) {
      cpio.file("configure", 0755, script);
      cpio.file("init", 0755, Script.bytes("configure-init.sh"));
    }
  }
}
