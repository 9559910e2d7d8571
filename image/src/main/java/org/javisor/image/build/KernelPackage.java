package org.javisor.image.build;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.javisor.image.ImageException;
import org.javisor.image.debian.DebFile;
import org.javisor.image.debian.DebianPackage;
import org.javisor.image.debian.PackageIndex;
import org.javisor.image.debian.Relation;
import org.javisor.image.initramfs.KernelModule;
import org.javisor.image.initramfs.ModuleIndex;
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

  /**
   * Extracts the kernel and some modules, and puts all modules into a root file system with an
   * index of them.
   *
   * @param kernel a new file for the kernel
   * @param wanted modules to return, without those they depend on
   * @param likely modules that those most likely depend on
   */
  ModuleSet install(RootTree tree, Path kernel, Set<String> wanted, Set<String> likely)
      throws IOException, InterruptedException {
    ModuleIndex index = new ModuleIndex();
    ModuleSet modules = new ModuleSet();
    Set<String> sought = new HashSet<>(wanted);
    sought.addAll(likely);
    Map<String, byte[]> lists = new HashMap<>();
    try (ModuleReaders readers = new ModuleReaders()) {
      file.forEachEntry(
          entry -> {
            String path = entry.path();
            if (kernelFound(entry, kernel) || !path.startsWith("usr/lib/")) {
              return;
            }
            if (!(entry instanceof FileTreeEntry.Regular regular)) {
              tree.add(entry);
              return;
            }
            byte[] content = regular.content().readAllBytes();
            tree.add(
                new FileTreeEntry.Regular(
                    path, regular.metadata(), content.length, new ByteArrayInputStream(content)));
            if (path.startsWith(MODULES) && path.endsWith(SUFFIX)) {
              readers.read(
                  () -> {
                    KernelModule module =
                        KernelModule.parse(uncompressed(new ByteArrayInputStream(content)));
                    index.add(belowRelease(path), module);
                    String name = moduleName(path);
                    if (sought.contains(name)) {
                      synchronized (modules) {
                        modules.add(name, module);
                      }
                    }
                  });
            } else if (path.startsWith(MODULES)) {
              lists.put(belowRelease(path), content);
            }
          });
      readers.await();
    }
    requireComplete(modules, wanted);
    String folder = MODULES + release + "/";
    var files =
        index.files(
            list(lists, "modules.order"),
            list(lists, "modules.builtin"),
            list(lists, "modules.builtin.modinfo"));
    for (var written : files.entrySet()) {
      tree.file(folder + written.getKey(), 0644, written.getValue());
    }
    return modules;
  }

  private static String list(Map<String, byte[]> lists, String name) {
    byte[] content = lists.get(name);
    return content == null ? "" : new String(content, StandardCharsets.ISO_8859_1);
  }

  /** {@code usr/lib/modules/RELEASE/kernel/...} without its first four parts. */
  private static String belowRelease(String path) {
    int slash = path.indexOf('/', MODULES.length());
    return slash < 0 ? path : path.substring(slash + 1);
  }

  private void requireComplete(ModuleSet modules, Set<String> wanted) throws IOException {
    Set<String> absent = new HashSet<>(wanted);
    absent.removeAll(modules.names());
    absent.addAll(modules.missing());
    if (!absent.isEmpty() || release.isEmpty()) {
      throw new ImageException.Malformed(
          "package " + name,
          "it lacks " + (release.isEmpty() ? "a kernel" : "modules: " + absent),
          null);
    }
  }

  private boolean kernelFound(FileTreeEntry entry, Path kernel) throws IOException {
    if (!(entry instanceof FileTreeEntry.Regular regular) || !entry.path().startsWith(KERNEL)) {
      return false;
    }
    release = entry.path().substring(KERNEL.length());
    try (OutputStream out = Files.newOutputStream(kernel, StandardOpenOption.CREATE_NEW)) {
      regular.content().transferTo(out);
    }
    return true;
  }

  private void collect(@Nullable Path kernel, Set<String> sought, ModuleSet modules)
      throws IOException {
    file.forEachEntry(
        entry -> {
          if (!(entry instanceof FileTreeEntry.Regular regular)) {
            return;
          }
          String path = regular.path();
          if (kernel != null && kernelFound(regular, kernel)) {
            return;
          }
          if (path.startsWith(MODULES) && path.endsWith(SUFFIX)) {
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
