package org.javisor.image.initramfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * The files by which modprobe and udev find modules: what depmod(8) would write. Made here because
 * in a machine it means to decompress a hundred megabytes of modules.
 */
public final class ModuleIndex {
  private static final String SUFFIX = ".ko.xz";

  /**
   * What the index has to know of a module.
   *
   * @param path its file relative to the folder of the modules
   */
  private record Entry(
      String path,
      List<String> dependencies,
      List<String> aliases,
      List<String> softDependencies,
      List<String> weakDependencies,
      List<String> symbols) {}

  private final TreeMap<String, Entry> byName = new TreeMap<>();
  private final Map<String, Integer> order = new HashMap<>();

  /**
   * Adds a module; may be called from several threads.
   *
   * @param path its file relative to the folder of the modules
   */
  public void add(String path, KernelModule module) throws IOException {
    Entry entry =
        new Entry(
            path,
            module.dependencies().stream().map(ModuleSet::canonical).toList(),
            module.information("alias"),
            module.information("softdep"),
            module.information("weakdep"),
            module.exportedSymbols());
    synchronized (byName) {
      byName.put(name(path), entry);
    }
  }

  private static String name(String path) {
    String base = path.substring(path.lastIndexOf('/') + 1);
    int suffix = base.indexOf(".ko");
    return ModuleSet.canonical(suffix < 0 ? base : base.substring(0, suffix));
  }

  /**
   * The files of the index by name.
   *
   * @param modulesOrder the file modules.order of the kernel package
   * @param builtin its file modules.builtin
   * @param builtinInformation its file modules.builtin.modinfo
   */
  public SequencedMap<String, byte[]> files(
      String modulesOrder, String builtin, String builtinInformation) throws IOException {
    int position = 0;
    for (String line : modulesOrder.lines().toList()) {
      order.put(name(line.strip()), position++);
    }
    SequencedMap<String, byte[]> files = new LinkedHashMap<>();
    dependencies(files);
    aliases(files);
    symbols(files);
    builtins(files, builtin, builtinInformation);
    return files;
  }

  private int priority(String name) {
    return order.getOrDefault(name, order.size());
  }

  private List<String> inOrder() {
    List<String> names = new ArrayList<>(byName.keySet());
    names.sort((a, b) -> Integer.compare(priority(a), priority(b)));
    return names;
  }

  private void dependencies(Map<String, byte[]> files) throws IOException {
    IndexTrie trie = new IndexTrie();
    StringBuilder text = new StringBuilder();
    for (String name : inOrder()) {
      Entry entry = byName.get(name);
      if (entry == null) {
        continue;
      }
      Set<String> all = new LinkedHashSet<>();
      addDependencies(name, all, new LinkedHashSet<>());
      all.remove(name);
      StringBuilder line = new StringBuilder(entry.path()).append(':');
      // What must be loaded first stands last.
      for (String dependency : new ArrayList<>(all).reversed()) {
        Entry needed = byName.get(dependency);
        if (needed != null) {
          line.append(' ').append(needed.path());
        }
      }
      trie.add(name, line.toString(), priority(name));
      text.append(line).append('\n');
    }
    files.put("modules.dep", text(text));
    files.put("modules.dep.bin", trie.bytes());
  }

  private void addDependencies(String name, Set<String> all, Set<String> path) throws IOException {
    Entry entry = byName.get(name);
    if (entry == null || !path.add(name)) {
      return;
    }
    for (String dependency : entry.dependencies()) {
      addDependencies(dependency, all, path);
    }
    all.add(name);
  }

  private void aliases(Map<String, byte[]> files) {
    IndexTrie trie = new IndexTrie();
    StringBuilder text = new StringBuilder("# Aliases extracted from modules themselves.\n");
    StringBuilder soft = new StringBuilder("# Soft dependencies extracted from modules.\n");
    StringBuilder weak = new StringBuilder("# Weak dependencies extracted from modules.\n");
    StringBuilder devices = new StringBuilder("# Device nodes to trigger on-demand loading.\n");
    for (String name : inOrder()) {
      Entry entry = byName.get(name);
      if (entry == null) {
        continue;
      }
      for (String alias : entry.aliases()) {
        trie.add(underscored(alias), name, priority(name));
        text.append("alias ").append(underscored(alias)).append(' ').append(name).append('\n');
      }
      entry.softDependencies().forEach(s -> append(soft, "softdep", name, s));
      entry.weakDependencies().forEach(w -> append(weak, "weakdep", name, w));
      device(name, entry, devices);
    }
    files.put("modules.alias", text(text));
    files.put("modules.alias.bin", trie.bytes());
    files.put("modules.softdep", text(soft));
    files.put("modules.weakdep", text(weak));
    files.put("modules.devname", text(devices));
  }

  private static void append(StringBuilder text, String word, String name, String value) {
    text.append(word).append(' ').append(name).append(' ').append(value).append('\n');
  }

  /** A module with a number and a name of a device can be loaded when the device is opened. */
  private static void device(String name, Entry entry, StringBuilder text) {
    String node = null;
    String number = null;
    for (String alias : entry.aliases()) {
      if (alias.startsWith("devname:")) {
        node = alias.substring("devname:".length());
      } else if (alias.matches("char-major-\\d+-\\d+")) {
        number = "c" + alias.substring("char-major-".length()).replace('-', ':');
      } else if (alias.matches("block-major-\\d+-\\d+")) {
        number = "b" + alias.substring("block-major-".length()).replace('-', ':');
      }
    }
    if (node != null && number != null) {
      append(text, name, node, number);
    }
  }

  /** Hyphens mean underscores, but for those in a bracket expression. */
  private static String underscored(String alias) {
    StringBuilder text = new StringBuilder(alias);
    boolean bracket = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      bracket = c == '[' || (bracket && c != ']');
      if (c == '-' && !bracket) {
        text.setCharAt(i, '_');
      }
    }
    return text.toString();
  }

  private void symbols(Map<String, byte[]> files) {
    IndexTrie trie = new IndexTrie();
    StringBuilder text = new StringBuilder("# Aliases for symbols, used by symbol_request().\n");
    byName.forEach(
        (name, entry) ->
            entry
                .symbols()
                .forEach(
                    symbol -> {
                      trie.add("symbol:" + symbol, name, priority(name));
                      append(text, "alias", "symbol:" + symbol, name);
                    }));
    files.put("modules.symbols", text(text));
    files.put("modules.symbols.bin", trie.bytes());
  }

  private static void builtins(Map<String, byte[]> files, String builtin, String information) {
    IndexTrie names = new IndexTrie();
    builtin.lines().forEach(line -> names.add(name(line.strip()), "", 0));
    IndexTrie aliases = new IndexTrie();
    for (String item : information.split("\0", -1)) {
      int dot = item.indexOf('.');
      if (dot > 0 && item.startsWith("alias=", dot + 1)) {
        String alias = item.substring(dot + 1 + "alias=".length());
        aliases.add(underscored(alias), ModuleSet.canonical(item.substring(0, dot)), 0);
      }
    }
    files.put("modules.builtin.bin", names.bytes());
    files.put("modules.builtin.alias.bin", aliases.bytes());
  }

  private static byte[] text(StringBuilder text) {
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Whether a file of the kernel package is a module. */
  public static boolean isModule(String path) {
    return path.endsWith(SUFFIX);
  }
}
