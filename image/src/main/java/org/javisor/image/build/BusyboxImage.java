package org.javisor.image.build;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.javisor.image.ImageException;
import org.javisor.image.Progress;
import org.javisor.image.catalog.Catalog;
import org.javisor.image.catalog.ImageName;
import org.javisor.image.catalog.Manifest;
import org.javisor.image.debian.Archive;
import org.javisor.image.debian.DebFile;
import org.javisor.image.debian.DebianPackage;
import org.javisor.image.debian.PackageIndex;
import org.javisor.image.initramfs.BusyboxInitramfs;
import org.javisor.image.initramfs.ModuleSet;
import org.javisor.storage.tree.FileTreeEntry;

/** Makes the image {@code busybox}: Debian's kernel and an initial RAM disk with busybox in it. */
public final class BusyboxImage {
  private static final String BUSYBOX = "busybox-static";
  private static final int BUSYBOX_LIMIT = 64 << 20;
  private static final long MEMORY = 256L << 20;

  /** The kernel and what it reserves take 65 MiB; with 80 MiB it does not reach its console. */
  private static final long MINIMUM_MEMORY = 96L << 20;

  private BusyboxImage() {}

  /** Makes the image's files in the workspace. */
  public static Catalog.Draft make(Archive archive, Workspace workspace, Progress progress)
      throws IOException, InterruptedException {
    PackageIndex index = archive.packages(progress);
    DebianPackage kernel = KernelPackage.choose(index);
    DebianPackage busybox = choose(index);
    Map<DebianPackage, Path> files = archive.fetch(List.of(kernel, busybox), progress);
    try (Progress.Phase phase =
        progress.begin("Making the image busybox", Progress.Unit.STEPS, 2)) {
      phase.at(kernel.name());
      KernelPackage unpacked =
          new KernelPackage(kernel.toString(), Objects.requireNonNull(files.get(kernel)));
      Path image = workspace.file("kernel");
      ModuleSet modules =
          unpacked.extract(image, BusyboxInitramfs.modules(), BusyboxInitramfs.likelyModules());
      phase.advance(1);
      phase.at(busybox.name());
      Path ramDisk = workspace.file("initrd");
      byte[] program = program(busybox, Objects.requireNonNull(files.get(busybox)));
      try (OutputStream out = Files.newOutputStream(ramDisk)) {
        BusyboxInitramfs.write(out, program, unpacked.release(), modules);
      }
      phase.advance(1);
      Manifest manifest =
          new Manifest(
              ImageName.BUSYBOX.text(),
              "busybox on Linux " + unpacked.release(),
              Instant.now(),
              Catalog.digestOf(image),
              Catalog.digestOf(ramDisk),
              Optional.empty(),
              CommandLine.LEAN,
              MEMORY,
              MINIMUM_MEMORY,
              List.of(kernel.toString(), busybox.toString()));
      return new Catalog.Draft(manifest, image, ramDisk, Optional.empty());
    }
  }

  /** The package with the statically linked program. */
  static DebianPackage choose(PackageIndex index) throws ImageException {
    DebianPackage busybox = index.get(BUSYBOX);
    if (busybox == null) {
      throw new ImageException.Unresolvable("the archive has no package " + BUSYBOX);
    }
    return busybox;
  }

  /** The program out of the package. */
  static byte[] program(DebianPackage busybox, Path file) throws IOException {
    List<byte[]> found = new ArrayList<>();
    new DebFile(file, busybox.toString())
        .forEachEntry(
            entry -> {
              if (entry instanceof FileTreeEntry.Regular regular
                  && regular.path().matches("(usr/)?bin/busybox")
                  && regular.size() < BUSYBOX_LIMIT) {
                found.add(regular.content().readAllBytes());
              }
            });
    if (found.size() != 1) {
      throw new ImageException.Malformed("package " + busybox, "it has no program busybox", null);
    }
    return found.getFirst();
  }
}
