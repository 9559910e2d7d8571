package org.javisor.image.debian;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The packages of one architecture in one component of the archive, by name and by virtual name.
 */
public final class PackageIndex {
  private static final Set<String> FIELDS =
      Set.of(
          "package",
          "version",
          "architecture",
          "multi-arch",
          "essential",
          "priority",
          "pre-depends",
          "depends",
          "provides",
          "conflicts",
          "breaks",
          "filename",
          "size",
          "sha256",
          "installed-size");

  private final Map<String, DebianPackage> byName = new HashMap<>();
  private final Map<String, List<DebianPackage>> byVirtualName = new HashMap<>();

  private PackageIndex() {}

  /**
   * Reads an uncompressed Packages file; the caller has verified it.
   *
   * @throws IOException if it cannot be read or an entry is malformed
   */
  public static PackageIndex read(InputStream packages) throws IOException {
    PackageIndex index = new PackageIndex();
    try {
      ControlParagraph.read(
          new InputStreamReader(packages, StandardCharsets.UTF_8),
          FIELDS::contains,
          paragraph -> {
            try {
              index.add(DebianPackage.of(paragraph));
            } catch (IOException e) {
              throw new UncheckedIOException(e.getMessage(), e);
            }
          });
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage(), e);
    }
    return index;
  }

  /** An index of the given packages. */
  public static PackageIndex of(Collection<DebianPackage> packages) {
    PackageIndex index = new PackageIndex();
    packages.forEach(index::add);
    return index;
  }

  private void add(DebianPackage added) {
    // An index may hold several versions of a package; the latest counts.
    DebianPackage present = byName.get(added.name());
    if (present != null && present.version().compareTo(added.version()) >= 0) {
      return;
    }
    byName.put(added.name(), added);
    for (Relation virtual : added.provided()) {
      List<DebianPackage> providers =
          byVirtualName.computeIfAbsent(virtual.name(), _ -> new ArrayList<>(1));
      providers.removeIf(p -> p.name().equals(added.name()));
      providers.add(added);
    }
  }

  /** The package of this name, or null. */
  public @Nullable DebianPackage get(String name) {
    return byName.get(name);
  }

  /** All packages, in no particular order. */
  public Collection<DebianPackage> packages() {
    return byName.values();
  }

  /** What can satisfy a relationship: the package of that name first, then providers by name. */
  List<DebianPackage> candidates(Relation relation) {
    List<DebianPackage> found = new ArrayList<>();
    DebianPackage real = byName.get(relation.name());
    if (real != null && real.satisfies(relation)) {
      found.add(real);
    }
    byVirtualName.getOrDefault(relation.name(), List.of()).stream()
        // A newer version that came later may have dropped the virtual name.
        .filter(p -> !p.equals(real) && p.equals(byName.get(p.name())) && p.satisfies(relation))
        .sorted((a, b) -> a.name().compareTo(b.name()))
        .forEach(found::add);
    return found;
  }
}
