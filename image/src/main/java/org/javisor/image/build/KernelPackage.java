package org.javisor.image.build;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.javisor.image.ImageException;
import org.javisor.image.debian.DebFile;
import org.javisor.image.debian.DebianPackage;
import org.javisor.image.debian.PackageIndex;
import org.javisor.image.debian.Relation;
import org.javisor.image.initramfs.KernelModule;
import org.javisor.image.initramfs.ModuleSet;
import org.javisor.storage.tree.FileTreeEntry;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/** Debian's kernel package: the kernel, its release, and its modules. */
final class KernelPackage {
  private static final String KERNEL = "boot/vmlinux-";
  private static final String MODULES = "usr/lib/modules/";
  private static final String SUFFIX = ".ko.xz";
  private static final int MODULE_LIMIT = 64 << 20;
  private static final int XZ_LIMIT_KIB = 128 * 1024;

  private static final String METAPACKAGE = "linux-image-riscv64";

  private final String name;
  private final DebFile file;
  private String release = "";

  /**
   * @param name what to call the package in messages
   */
  KernelPackage(String name, Path file) {
    this.name = name;
    this.file = new DebFile(file, name);
  }

  /**
   * The package of the archive's current kernel, which the metapackage depends on.
   *
   * @throws ImageException.Unresolvable if there is none
   */
  static DebianPackage choose(PackageIndex index) throws ImageException {
    DebianPackage metapackage = index.get(METAPACKAGE);
    if (metapackage != null) {
      for (List<Relation> alternatives : metapackage.requirements()) {
        Relation relation = alternatives.getFirst();
        DebianPackage kernel = index.get(relation.name());
        if (kernel != null
            && kernel.name().startsWith("linux-image-")
            && kernel.satisfies(relation)) {
          return kernel;
        }
      }
    }
    throw new ImageException.Unresolvable("the archive has no kernel (" + METAPACKAGE + ")");
  }

  /** The kernel's release; known once something has been extracted. */
  String release() {
    return release;
  }

  /**
   * Extracts the kernel and some modules with all they depend on.
   *
   * @param kernel a new file for the kernel
   * @param likely modules that are taken if they are there, because others may depend on them
   */
  ModuleSet extract(Path kernel, Set<String> wanted, Set<String> likely) throws IOException {
    ModuleSet modules = new ModuleSet();
    Set<String> sought = new HashSet<>(wanted);
    sought.addAll(likely);
    collect(kernel, sought, modules);
    sought.removeAll(likely);
    // Dependencies are known only when a module has been seen, often after they have gone by.
    while (true) {
      sought.removeAll(modules.names());
      if (!sought.isEmpty()) {
        throw new ImageException.Malformed(
            "package " + name, "it has no module " + sought.iterator().next(), null);
      }
      sought.addAll(modules.missing());
      if (sought.isEmpty()) {
        break;
      }
      collect(null, sought, modules);
    }
    if (release.isEmpty()) {
      throw new ImageException.Malformed("package " + name, "it has no kernel", null);
    }
    return modules;
  }

  private void collect(@Nullable Path kernel, Set<String> sought, ModuleSet modules)
      throws IOException {
    file.forEachEntry(
        entry -> {
          if (!(entry instanceof FileTreeEntry.Regular regular)) {
            return;
          }
          String path = regular.path();
          if (kernel != null && path.startsWith(KERNEL)) {
            release = path.substring(KERNEL.length());
            try (OutputStream out = Files.newOutputStream(kernel, StandardOpenOption.CREATE_NEW)) {
              regular.content().transferTo(out);
            }
          } else if (path.startsWith(MODULES) && path.endsWith(SUFFIX)) {
            String module = moduleName(path);
            if (sought.contains(module)) {
              modules.add(module, KernelModule.parse(uncompressed(regular.content())));
            }
          }
        });
  }

  /** The kernel's name of the module in a file. */
  static String moduleName(String path) {
    String base = path.substring(path.lastIndexOf('/') + 1);
    return ModuleSet.canonical(base.substring(0, base.length() - SUFFIX.length()));
  }

  private static byte[] uncompressed(InputStream content) throws IOException {
    try (InputStream in =
        new XZInputStream(new ByteArrayInputStream(content.readAllBytes()), XZ_LIMIT_KIB)) {
      byte[] bytes = in.readNBytes(MODULE_LIMIT);
      if (bytes.length == MODULE_LIMIT) {
        throw new IOException("a kernel module is too large");
      }
      return bytes;
    }
  }
}
