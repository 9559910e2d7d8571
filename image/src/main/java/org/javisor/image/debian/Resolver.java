package org.javisor.image.debian;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.javisor.image.ImageException;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the packages a set of packages needs: their Pre-Depends and Depends, transitively,
 * without Recommends. As apt does, the first alternative that can be had is taken unless another
 * one is chosen already; nothing is chosen that conflicts with what is.
 */
public final class Resolver {
  private final PackageIndex index;
  private final Set<String> excluded;
  private final Map<String, DebianPackage> chosen = new LinkedHashMap<>();
  private final Deque<Wish> wishes = new ArrayDeque<>();

  /** A group of alternatives and the package that wants it. */
  private record Wish(List<Relation> alternatives, DebianPackage by) {}

  private Resolver(PackageIndex index, Set<String> excluded) {
    this.index = index;
    this.excluded = Set.copyOf(excluded);
  }

  /**
   * Chooses the packages.
   *
   * @param wanted names of packages; a virtual name stands for its only provider
   * @param excluded names that are never chosen
   * @return the packages, those asked for first
   * @throws ImageException.InvalidRequest if there is no package of a wanted name
   * @throws ImageException.Unresolvable if a dependency cannot be met, or two exclude each other
   */
  public static List<DebianPackage> resolve(
      PackageIndex index, Collection<String> wanted, Set<String> excluded) throws ImageException {
    return resolve(index, wanted, excluded, List.of());
  }

  /**
   * Chooses the packages that have to be added to others.
   *
   * @param present what is installed already; it stays and is not part of the answer
   */
  public static List<DebianPackage> resolve(
      PackageIndex index,
      Collection<String> wanted,
      Set<String> excluded,
      Collection<DebianPackage> present)
      throws ImageException {
    Resolver resolver = new Resolver(index, excluded);
    present.forEach(p -> resolver.chosen.put(p.name(), p));
    List<DebianPackage> roots = new ArrayList<>();
    for (String name : wanted) {
      roots.add(resolver.root(name));
    }
    // All that was asked for is chosen before any alternative is decided.
    for (DebianPackage root : roots) {
      DebianPackage rival = resolver.rival(root);
      if (rival != null) {
        throw new ImageException.Unresolvable(root.name() + " conflicts with " + rival.name());
      }
      resolver.choose(root);
    }
    resolver.grantWishes();
    List<DebianPackage> added = new ArrayList<>(resolver.chosen.values());
    added.removeAll(present);
    return added;
  }

  private DebianPackage root(String name) throws ImageException {
    DebianPackage found = index.get(name);
    if (found != null) {
      return found;
    }
    List<DebianPackage> providers = index.candidates(new Relation(name, null, null, null));
    if (providers.size() == 1) {
      return providers.getFirst();
    }
    throw new ImageException.InvalidRequest(
        providers.isEmpty()
            ? "there is no package " + name
            : name
                + " can be one of "
                + String.join(", ", providers.stream().map(DebianPackage::name).toList()));
  }

  private void choose(DebianPackage added) {
    if (chosen.putIfAbsent(added.name(), added) == null) {
      added.requirements().forEach(group -> wishes.add(new Wish(group, added)));
    }
  }

  private void grantWishes() throws ImageException {
    for (Wish wish = wishes.poll(); wish != null; wish = wishes.poll()) {
      if (!granted(wish)) {
        choose(best(wish));
      }
    }
  }

  private boolean granted(Wish wish) {
    for (Relation relation : wish.alternatives()) {
      DebianPackage real = chosen.get(relation.name());
      if (real != null && real.satisfies(relation)) {
        return true;
      }
      for (DebianPackage candidate : index.candidates(relation)) {
        if (candidate.equals(chosen.get(candidate.name()))) {
          return true;
        }
      }
    }
    return false;
  }

  private DebianPackage best(Wish wish) throws ImageException {
    String obstacle = "no package satisfies it";
    for (Relation relation : wish.alternatives()) {
      for (DebianPackage candidate : index.candidates(relation)) {
        DebianPackage rival = rival(candidate);
        DebianPackage other = chosen.get(candidate.name());
        if (excluded.contains(candidate.name())) {
          obstacle = candidate.name() + " is excluded";
        } else if (rival != null) {
          obstacle = candidate.name() + " conflicts with " + rival.name();
        } else if (other != null) {
          obstacle = other + " is installed";
        } else {
          return candidate;
        }
      }
    }
    throw new ImageException.Unresolvable(
        wish.by().name()
            + " needs "
            + String.join(" | ", wish.alternatives().stream().map(Relation::toString).toList())
            + ", but "
            + obstacle);
  }

  /** A chosen package that cannot be there together with the candidate, or null. */
  private @Nullable DebianPackage rival(DebianPackage candidate) {
    for (DebianPackage present : chosen.values()) {
      if (!present.name().equals(candidate.name())
          && (excludes(candidate, present) || excludes(present, candidate))) {
        return present;
      }
    }
    return null;
  }

  /** A package may conflict with a name it provides itself: that means "any other provider". */
  private static boolean excludes(DebianPackage one, DebianPackage other) {
    if (one.conflicts() == null && one.breaks() == null) {
      return false;
    }
    for (Relation relation : one.exclusions()) {
      if (other.satisfies(relation)) {
        return true;
      }
    }
    return false;
  }
}
