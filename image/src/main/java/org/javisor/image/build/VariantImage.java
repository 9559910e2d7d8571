package org.javisor.image.build;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.javisor.image.DiskRoom;
import org.javisor.image.Image;
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
import org.javisor.storage.ext4.Ext4Options;
import org.javisor.storage.ext4.Ext4Writer;
import org.javisor.storage.tree.FileMetadata;
import org.javisor.storage.tree.FileTreeEntry;

/**
 * Makes an image that has more packages than {@code debian:trixie}: dpkg in a machine installs them
 * on a copy of its disk.
 */
public final class VariantImage {
  /** Kernel modules, logs and the journal: what takes room besides the packages. */
  private static final long BASE_ROOM = 512L << 20;

  private final Archive archive;
  private final MachineRunner machines;
  private final Workspace workspace;
  private final Progress progress;

  /**
   * @param machines boots the machine that installs the packages
   * @param workspace where the files are made
   */
  public VariantImage(
      Archive archive, MachineRunner machines, Workspace workspace, Progress progress) {
    this.archive = archive;
    this.machines = machines;
    this.workspace = workspace;
    this.progress = progress;
  }

  /** Whether an image's packages are those the archive has now, so that more fit to them. */
  public static boolean isCurrent(Manifest base, PackageIndex index) {
    return base.packages().stream()
        .allMatch(
            one -> {
              DebianPackage now = index.get(nameOf(one));
              return now != null && now.toString().equals(one);
            });
  }

  private static String nameOf(String nameAndVersion) {
    return nameAndVersion.substring(0, nameAndVersion.indexOf(' '));
  }

  /**
   * Makes the image's files in the workspace.
   *
   * @param name the new image's name
   * @param base the image it stands on, which must be {@linkplain #isCurrent current}
   * @param manifest its manifest
   * @param wanted names of packages to add
   */
  public Catalog.Draft make(
      ImageName name, Image base, Manifest manifest, PackageIndex index, List<String> wanted)
      throws IOException, InterruptedException {
    List<DebianPackage> present =
        manifest.packages().stream()
            .map(one -> Objects.requireNonNull(index.get(nameOf(one))))
            .toList();
    List<DebianPackage> added = Resolver.resolve(index, wanted, Set.of(), present);
    long installed = added.stream().mapToLong(one -> one.installedKib() * 1024).sum();
    Path baseDisk = base.disk().orElseThrow();
    DiskRoom.require(workspace.folder(), BASE_ROOM + 3 * installed);
    Map<DebianPackage, Path> files = archive.fetch(added, progress);

    Path packages = workspace.file("packages");
    writePackages(packages, added, files, installed);
    Path disk = workspace.file("disk");
    long size = Math.max(Files.size(baseDisk), roundedUp(BASE_ROOM + 2 * installed));
    try (Progress.Phase phase =
        progress.begin("Copying the disk of " + base.name(), Progress.Unit.BYTES, size)) {
      SparseFile.copy(baseDisk, disk, size, phase::advance);
    }
    Path ramDisk = workspace.file("configure-initrd");
    try (OutputStream out = Files.newOutputStream(ramDisk)) {
      DiskInitramfs.writeConfigure(out, base.initialRamDisk(), DebianSettings.addScript());
    }
    new Configuration(machines, progress)
        .run(
            new MachineRunner.Task(
                base.kernel(),
                ramDisk,
                List.of(disk, packages),
                1,
                DebianImage.MEMORY,
                base.commandLine(),
                DebianImage.PATIENCE,
                _ -> {}),
            added.size());
    List<String> all = new ArrayList<>(manifest.packages());
    added.forEach(one -> all.add(one.toString()));
    all.sort(null);
    Manifest made =
        new Manifest(
            name.text(),
            base.name() + " with " + String.join(", ", wanted),
            Instant.now(),
            manifest.kernel(),
            manifest.initialRamDisk(),
            Optional.of(Catalog.digestOf(disk)),
            manifest.commandLine(),
            manifest.memory(),
            manifest.minimumMemory(),
            all);
    return new Catalog.Draft(made, base.kernel(), base.initialRamDisk(), Optional.of(disk));
  }

  private static long roundedUp(long size) {
    long unit = 256L << 20;
    return (size + unit - 1) / unit * unit;
  }

  /** A disk with the packages, their trees uncompressed: decompressing is quicker here. */
  private void writePackages(
      Path disk, List<DebianPackage> added, Map<DebianPackage, Path> files, long installed)
      throws IOException {
    long size = Math.max(Ext4Options.MINIMUM_SIZE, roundedUp((64L << 20) + installed * 3 / 2));
    try (Progress.Phase phase =
            progress.begin("Unpacking packages", Progress.Unit.STEPS, added.size());
        Ext4Writer writer = Ext4Writer.create(disk, Ext4Options.ofSize(size))) {
      for (DebianPackage one : added) {
        phase.at(one.name());
        Path uncompressed = workspace.file("package");
        new DebFile(Objects.requireNonNull(files.get(one)), one.toString())
            .writeUncompressed(uncompressed);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(uncompressed))) {
          writer.add(
              new FileTreeEntry.Regular(
                  one.name() + ".deb",
                  FileMetadata.ofRoot(0644, archive.release().date()),
                  Files.size(uncompressed),
                  in));
        }
        Files.delete(uncompressed);
        phase.advance(1);
      }
      writer.finish();
    }
  }
}
