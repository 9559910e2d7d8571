package org.javisor.image.initramfs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Some of a kernel's modules, and what must be loaded before what. */
public final class ModuleSet {
  private final SortedMap<String, KernelModule> modules = new TreeMap<>();
  private final Map<String, String> byAlias = new LinkedHashMap<>();

  /** Adds a module under its name; hyphens and underscores in it mean the same. */
  public void add(String name, KernelModule module) throws IOException {
    modules.put(canonical(name), module);
    for (String alias : module.information("alias")) {
      byAlias.putIfAbsent(alias, canonical(name));
    }
  }

  /** The form of a module's name the kernel uses. */
  public static String canonical(String name) {
    return name.replace('-', '_');
  }

  /** The names of the modules in this set. */
  public Set<String> names() {
    return modules.keySet();
  }

  /** The module of this name, or null. */
  public @Nullable KernelModule get(String name) {
    return modules.get(canonical(name));
  }

  /** The names that modules of this set depend on and that are not in it. */
  public Set<String> missing() throws IOException {
    Set<String> missing = new TreeSet<>();
    for (KernelModule module : modules.values()) {
      for (String dependency : module.dependencies()) {
        if (!modules.containsKey(canonical(dependency))) {
          missing.add(canonical(dependency));
        }
      }
    }
    return missing;
  }

  /**
   * The modules to load so that the given ones work, in the order to load them: dependencies first,
   * also those that are only known by an alias and asked for beforehand ("softdep pre").
   *
   * @throws IOException if one is not in the set
   */
  public List<String> loadOrder(Collection<String> wanted) throws IOException {
    Set<String> order = new LinkedHashSet<>();
    for (String name : wanted) {
      addInOrder(canonical(name), order, new LinkedHashSet<>());
    }
    return new ArrayList<>(order);
  }

  private void addInOrder(String name, Set<String> order, Set<String> path) throws IOException {
    if (order.contains(name) || !path.add(name)) {
      return;
    }
    KernelModule module = modules.get(name);
    if (module == null) {
      throw new IOException("the kernel has no module " + name);
    }
    for (String soft : softDependencies(module)) {
      addInOrder(soft, order, path);
    }
    for (String dependency : module.dependencies()) {
      addInOrder(canonical(dependency), order, path);
    }
    order.add(name);
  }

  /** Names or aliases before "post:"; those that are not here are built in, or do without. */
  private List<String> softDependencies(KernelModule module) throws IOException {
    List<String> found = new ArrayList<>();
    for (String line : module.information("softdep")) {
      boolean before = false;
      for (String word : line.split("\\s+", -1)) {
        if (word.equals("pre:") || word.equals("post:")) {
          before = word.equals("pre:");
        } else if (before) {
          String name = modules.containsKey(canonical(word)) ? canonical(word) : byAlias.get(word);
          if (name != null) {
            found.add(name);
          }
        }
      }
    }
    return found;
  }

  /** The file {@code modules.dep}: each module's file and those it depends on. */
  public String dependencyFile() throws IOException {
    StringBuilder text = new StringBuilder();
    for (String name : modules.keySet()) {
      List<String> order = loadOrder(List.of(name));
      order.remove(name);
      text.append(name).append(".ko:");
      order.reversed().forEach(d -> text.append(' ').append(d).append(".ko"));
      text.append('\n');
    }
    return text.toString();
  }

  /** The file {@code modules.alias}: the other names modules are asked for by. */
  public String aliasFile() {
    StringBuilder text = new StringBuilder();
    byAlias.forEach(
        (alias, name) -> text.append("alias ").append(alias).append(' ').append(name).append('\n'));
    return text.toString();
  }
}
