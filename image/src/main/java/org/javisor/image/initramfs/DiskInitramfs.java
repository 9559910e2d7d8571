package org.javisor.image.initramfs;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
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
      List.of("virtio_net", "virtio_rng", "autofs4", "efi_pstore", "configfs");

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

  /** Writes the archive that mounts {@code /dev/vda} and hands over to the system on it. */
  public static void writeBoot(OutputStream out, byte[] busybox, ModuleSet modules)
      throws IOException {
    List<String> wanted = SOON.stream().filter(name -> modules.get(name) != null).toList();
    Set<String> all = new LinkedHashSet<>(modules.loadOrder(ROOT));
    all.addAll(modules.loadOrder(wanted));
    try (CpioWriter cpio = new CpioWriter(out)) {
      common(cpio, busybox, modules, all);
      cpio.file("init", 0755, script("boot-init.sh", all));
    }
  }

  /**
   * Writes the archive that mounts {@code /dev/vda} and runs a shell script in it, then unmounts it
   * and powers off.
   *
   * @param configure the script
   */
  public static void writeConfigure(
      OutputStream out, byte[] busybox, ModuleSet modules, byte[] configure) throws IOException {
    List<String> all =
        modules.loadOrder(
            List.of("virtio_mmio", "crc32c_generic", "ext4", "virtio_blk", "virtio_rng"));
    try (CpioWriter cpio = new CpioWriter(out)) {
      common(cpio, busybox, modules, all);
      cpio.file("configure", 0755, configure);
      cpio.file("init", 0755, script("configure-init.sh", all));
    }
  }

  private static void common(
      CpioWriter cpio, byte[] busybox, ModuleSet modules, Iterable<String> names)
      throws IOException {
    for (String folder : List.of("dev", "proc", "sys", "root")) {
      cpio.directory(folder, 0755);
    }
    cpio.characterDevice("dev/console", 0600, 5, 1);
    cpio.file("bin/busybox", 0755, busybox);
    for (String name : names) {
      cpio.file(name + ".ko", 0644, Objects.requireNonNull(modules.get(name)).slim());
    }
  }

  private static byte[] script(String name, Iterable<String> modules) throws IOException {
    return Script.text(name)
        .replace("@MODULES@", String.join(" ", modules))
        .getBytes(StandardCharsets.UTF_8);
  }
}
