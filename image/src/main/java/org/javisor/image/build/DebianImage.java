package org.javisor.image.build;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import org.javisor.image.DiskRoom;
import org.javisor.image.MachineRunner;
import org.javisor.image.Progress;
import org.javisor.image.catalog.Catalog;
import org.javisor.image.catalog.ImageName;
import org.javisor.image.catalog.Manifest;
import org.javisor.image.debian.Archive;
import org.javisor.image.debian.DebFile;
import org.javisor.image.debian.DebianPackage;
import org.javisor.image.debian.PackageIndex;
import org.javisor.image.debian.Resolver;
import org.javisor.image.initramfs.DiskInitramfs;
import org.javisor.image.initramfs.ModuleSet;
import org.javisor.storage.ext4.Ext4Options;
import org.javisor.storage.ext4.Ext4Writer;

/**
 * Makes the image {@code debian:trixie}: Debian's kernel, and a root disk with its base system and
 * systemd. The packages are unpacked here; what configuring them runs is RISC-V code and runs in a
 * machine.
 */
public final class DebianImage {
  static final long DISK_SIZE = 2L << 30;
  static final long MEMORY = 512L << 20;

  /** With 128 MiB systemd runs a command; with 96 MiB it thrashes and never gets there. */
  private static final long MINIMUM_MEMORY = 128L << 20;

  /** A busy host may give the machine a small part of a processor. */
  static final Duration PATIENCE = Duration.ofHours(3);

  private static final long UNPACKED_KERNEL = 160L << 20;

  /** Besides what is essential or required: an init system, devices, and a network. */
  private static final List<String> PACKAGES =
      List.of(
          "systemd-sysv",
          "systemd",
          "udev",
          "dbus",
          "kmod",
          "iproute2",
          "iputils-ping",
          "netbase",
          "qemu-guest-agent");

  /** The package whose links merge {@code /bin}, {@code /sbin} and {@code /lib} into /usr. */
  private static final String FIRST = "base-files";

  /** The users must be there before other packages' scripts name them. */
  private static final List<String> PREPARED_FIRST = List.of("base-passwd", "base-files");

  private final Archive archive;
  private final MachineRunner machines;
  private final Workspace workspace;
  private final Progress progress;

  /**
   * @param machines boots the machine that configures the packages
   * @param workspace where the files are made
   */
  public DebianImage(
      Archive archive, MachineRunner machines, Workspace workspace, Progress progress) {
    this.archive = archive;
    this.machines = machines;
    this.workspace = workspace;
    this.progress = progress;
  }

  /** Makes the image's files in the workspace. */
  public Catalog.Draft make() throws IOException, InterruptedException {
    PackageIndex index = archive.packages(progress);
    DebianPackage kernel = KernelPackage.choose(index);
    DebianPackage busybox = BusyboxImage.choose(index);
    List<DebianPackage> packages = Resolver.resolve(index, wanted(index), Set.of());
    List<DebianPackage> all = new ArrayList<>(List.of(kernel, busybox));
    all.addAll(packages);
    requireRoom(all);
    SequencedMap<DebianPackage, Path> files = archive.fetch(all, progress);

    Path kernelFile = workspace.file("kernel");
    Path disk = workspace.file("disk");
    Path ramDisk = workspace.file("initrd");
    Path configureRamDisk = workspace.file("configure-initrd");
    KernelPackage kernelPackage =
        new KernelPackage(kernel.toString(), Objects.requireNonNull(files.get(kernel)));
    byte[] program = BusyboxImage.program(busybox, Objects.requireNonNull(files.get(busybox)));
    ModuleSet modules;
    byte[] script;
    try (Progress.Phase phase =
            progress.begin("Unpacking packages", Progress.Unit.STEPS, packages.size() + 1);
        Ext4Writer writer =
            Ext4Writer.create(
                disk, Ext4Options.ofSize(DISK_SIZE).withLabel(DebianSettings.ROOT_LABEL))) {
      RootTree tree = new RootTree(writer, archive.release().date());
      for (DebianPackage one : inUnpackingOrder(packages)) {
        phase.at(one.name());
        tree.unpack(new DebFile(Objects.requireNonNull(files.get(one)), one.toString()));
        phase.advance(1);
      }
      phase.at(kernel.name());
      modules =
          kernelPackage.install(
              tree, kernelFile, DiskInitramfs.modules(), DiskInitramfs.likelyModules());
      phase.advance(1);
      DebianSettings.addTo(tree);
      script = DebianSettings.configureScript(inPreparingOrder(tree.withPreinst()));
      tree.finish();
      writer.finish();
    }
    try (OutputStream out = Files.newOutputStream(ramDisk)) {
      DiskInitramfs.writeBoot(out, program, modules);
    }
    try (OutputStream out = Files.newOutputStream(configureRamDisk)) {
      DiskInitramfs.writeConfigure(out, ramDisk, script);
    }
    new Configuration(machines, progress)
        .run(
            new MachineRunner.Task(
                kernelFile,
                configureRamDisk,
                List.of(disk),
                1,
                MEMORY,
                CommandLine.LEAN,
                PATIENCE,
                _ -> {}),
            packages.size());
    return new Catalog.Draft(
        manifest(kernelPackage, kernelFile, ramDisk, disk, all),
        kernelFile,
        ramDisk,
        Optional.of(disk));
  }

  private static Manifest manifest(
      KernelPackage kernel, Path kernelFile, Path ramDisk, Path disk, List<DebianPackage> packages)
      throws IOException {
    return new Manifest(
        ImageName.DEBIAN.text(),
        "Debian 13 (trixie) with systemd on Linux " + kernel.release(),
        Instant.now(),
        Catalog.digestOf(kernelFile),
        Catalog.digestOf(ramDisk),
        Optional.of(Catalog.digestOf(disk)),
        CommandLine.LEAN,
        MEMORY,
        MINIMUM_MEMORY,
        packages.stream().map(DebianPackage::toString).sorted().toList());
  }

  private static List<String> wanted(PackageIndex index) {
    Set<String> names = new LinkedHashSet<>();
    index.packages().stream()
        .filter(p -> p.essential() || p.priority().equals("required"))
        .map(DebianPackage::name)
        .sorted()
        .forEach(names::add);
    names.addAll(PACKAGES);
    return List.copyOf(names);
  }

  private void requireRoom(List<DebianPackage> packages) throws IOException {
    long room = UNPACKED_KERNEL;
    for (DebianPackage one : packages) {
      room += one.installedKib() * 1024 * 5 / 4;
      room += one.size();
    }
    DiskRoom.require(workspace.folder(), room);
  }

  private static List<DebianPackage> inUnpackingOrder(List<DebianPackage> packages) {
    List<DebianPackage> order = new ArrayList<>(packages);
    order.sort((a, b) -> Boolean.compare(b.name().equals(FIRST), a.name().equals(FIRST)));
    return order;
  }

  private static List<String> inPreparingOrder(List<String> names) {
    List<String> order = new ArrayList<>(names);
    order.removeAll(PREPARED_FIRST);
    order.addAll(0, PREPARED_FIRST.stream().filter(names::contains).toList());
    return order;
  }
}
