package org.javisor.cli;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ResolvedModule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/**
 * The arrows of the house point down: of modules by their descriptors, of packages by their code.
 */
class ArrowsTest {
  private static final String[] BELOW_HOST = {
    "machine", "riscv", "virtio", "network", "storage", "image", "migration"
  };

  /** What each module may use, besides the JDK and libraries. */
  private static final Map<String, Set<String>> MODULES =
      Map.ofEntries(
          Map.entry("machine", Set.of()),
          Map.entry("riscv", Set.of("machine")),
          Map.entry("virtio", Set.of("machine")),
          Map.entry("network", Set.of("virtio")),
          Map.entry("storage", Set.of()),
          Map.entry("image", Set.of("storage")),
          Map.entry("migration", Set.of("machine", "storage")),
          Map.entry("host", Set.of(BELOW_HOST)),
          Map.entry("bench", with("host")),
          Map.entry("server", with("host")),
          Map.entry("cli", with("host", "server", "bench")));

  private static final String PREFIX = "org.javisor.";

  private static Set<String> with(String... more) {
    Set<String> all = new TreeSet<>(Set.of(BELOW_HOST));
    all.addAll(Set.of(more));
    return all;
  }

  private static Map<String, ResolvedModule> ours() {
    Map<String, ResolvedModule> ours = new TreeMap<>();
    for (ResolvedModule module : ModuleLayer.boot().configuration().modules()) {
      if (module.name().startsWith(PREFIX)) {
        ours.put(module.name().substring(PREFIX.length()), module);
      }
    }
    return ours;
  }

  private static JavaClasses classesOf(String module) {
    Path place = Path.of(ours().get(module).reference().location().orElseThrow());
    ClassFileImporter importer = new ClassFileImporter();
    return Files.isDirectory(place) ? importer.importPath(place) : importer.importJar(jar(place));
  }

  private static JarFile jar(Path place) {
    try {
      return new JarFile(place.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void everyModuleIsKnownHere() {
    assertThat(ours().keySet()).isEqualTo(MODULES.keySet());
  }

  @Test
  void modulesUseOnlyWhatIsBelowThem() {
    ours()
        .forEach(
            (name, module) -> {
              Set<String> used = new TreeSet<>();
              for (ModuleDescriptor.Requires requires :
                  module.reference().descriptor().requires()) {
                if (requires.name().startsWith(PREFIX)) {
                  used.add(requires.name().substring(PREFIX.length()));
                }
              }
              assertThat(MODULES.get(name)).as("module %s", name).containsAll(used);
            });
  }

  @Test
  void packagesOfRiscvUseOnlyWhatIsBelowThem() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("board")
        .definedBy("org.javisor.riscv.board..")
        .layer("interpreter")
        .definedBy("org.javisor.riscv.interpreter..")
        .layer("isa")
        .definedBy("org.javisor.riscv.isa..")
        .layer("semantics")
        .definedBy("org.javisor.riscv.semantics..")
        .layer("hart")
        .definedBy("org.javisor.riscv.hart..")
        .layer("fp")
        .definedBy("org.javisor.riscv.fp..")
        .whereLayer("board")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("interpreter")
        .mayOnlyBeAccessedByLayers("board")
        .whereLayer("isa")
        .mayOnlyBeAccessedByLayers("board", "interpreter")
        .whereLayer("semantics")
        .mayOnlyBeAccessedByLayers("board", "interpreter", "isa")
        .whereLayer("hart")
        .mayOnlyBeAccessedByLayers("board", "interpreter", "isa", "semantics")
        .whereLayer("fp")
        .mayOnlyBeAccessedByLayers("board", "interpreter", "isa", "semantics", "hart")
        .check(classesOf("riscv"));
  }

  @Test
  void packagesHaveNoCycles() {
    for (String module : MODULES.keySet()) {
      slices()
          .matching(PREFIX + module + ".(**)")
          .should()
          .beFreeOfCycles()
          .allowEmptyShould(true)
          .check(classesOf(module));
    }
  }
}
