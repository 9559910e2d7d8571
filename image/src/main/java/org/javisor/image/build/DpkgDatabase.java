package org.javisor.image.build;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.javisor.image.debian.ControlParagraph;
import org.javisor.image.debian.DebFile.ControlFile;
import org.jspecify.annotations.Nullable;

/**
 * What dpkg would have written below {@code /var/lib/dpkg} had it unpacked the packages: each is
 * "unpacked", and dpkg goes on from there.
 *
 * <p>One difference: configuration files lie at their own names already, with their digests
 * recorded, where dpkg would put them beside under {@code .dpkg-new} until it configures the
 * package. For a first installation the end is the same, and programs that other packages' scripts
 * use find their configuration from the start.
 */
final class DpkgDatabase {
  /** Members of the control information that dpkg reads once and does not keep. */
  private static final Set<String> NOT_KEPT = Set.of("control");

  private static final Set<String> SCRIPTS =
      Set.of("preinst", "postinst", "prerm", "postrm", "config");

  private final StringBuilder status = new StringBuilder();
  private final SortedMap<String, DatabaseFile> info = new TreeMap<>();
  private final SortedMap<String, Set<String>> explicitTriggers = new TreeMap<>();
  private final List<String> fileTriggers = new ArrayList<>();
  private final List<String> withPreinst = new ArrayList<>();

  /**
   * A file of the database.
   *
   * @param permissions its permission bits
   * @param text its content
   */
  record DatabaseFile(int permissions, String text) {}

  /** One package's part, filled while its tree is unpacked. */
  final class Entry {
    private final Map<String, ControlFile> control;
    private final String name;
    private final String infoName;
    private final StringBuilder list = new StringBuilder("/.\n");
    private final Map<String, @Nullable String> configurationFiles = new LinkedHashMap<>();

    private Entry(Map<String, ControlFile> control) throws IOException {
      this.control = control;
      List<ControlParagraph> paragraphs = new ArrayList<>();
      ControlParagraph.read(new StringReader(text("control")), _ -> true, paragraphs::add);
      ControlParagraph fields = paragraphs.getFirst();
      name = fields.require("Package");
      infoName =
          "same".equals(fields.get("Multi-Arch"))
              ? name + ":" + fields.require("Architecture")
              : name;
      text("conffiles")
          .lines()
          .map(String::strip)
          .filter(line -> line.startsWith("/"))
          .forEach(path -> configurationFiles.put(path.substring(1), null));
    }

    private String text(String member) {
      ControlFile file = control.get(member);
      return file == null ? "" : file.text();
    }

    /** Whether a path of the tree is a configuration file, whose digest is to be given. */
    boolean isConfigurationFile(String path) {
      return configurationFiles.containsKey(path);
    }

    /** A path of the tree, without leading slash. */
    void unpacked(String path) {
      if (!path.isEmpty()) {
        list.append('/').append(path).append('\n');
      }
    }

    /** The MD5 digest of a configuration file, as dpkg keeps it to notice changes. */
    void configurationDigest(String path, String md5) {
      configurationFiles.put(path, md5);
    }

    /** The package's tree is complete. */
    void finish() {
      addStatus();
      info.put(infoName + ".list", new DatabaseFile(0644, list.toString()));
      control.forEach(
          (member, file) -> {
            if (!NOT_KEPT.contains(member)) {
              int mode = SCRIPTS.contains(member) ? 0755 : 0644;
              info.put(infoName + "." + member, new DatabaseFile(mode, file.text()));
            }
          });
      text("triggers").lines().forEach(this::addTrigger);
      // Those that ask questions ask them about upgrades; to load the asking costs a thousand
      // million instructions each.
      if (control.containsKey("preinst") && !text("preinst").contains("debconf/confmodule")) {
        withPreinst.add(infoName);
      }
    }

    private void addStatus() {
      // The state follows the name; all else is as the package has it.
      String paragraph = text("control").strip();
      int firstEnd = paragraph.indexOf('\n');
      status.append(paragraph, 0, firstEnd).append("\nStatus: install ok unpacked");
      if (configurationFiles.values().stream().anyMatch(digest -> digest != null)) {
        status.append("\nConffiles:");
        configurationFiles.forEach(
            (path, digest) -> {
              if (digest != null) {
                status.append("\n /").append(path).append(' ').append(digest);
              }
            });
      }
      status.append(paragraph, firstEnd, paragraph.length()).append("\n\n");
    }

    /** Only interests are recorded; activations happen when a package changes (deb-triggers(5)). */
    private void addTrigger(String line) {
      String[] words = line.strip().split("\\s+", -1);
      if (words.length != 2 || !words[0].startsWith("interest")) {
        return;
      }
      String who = words[0].equals("interest-noawait") ? name + "/noawait" : name;
      if (words[1].startsWith("/")) {
        fileTriggers.add(words[1] + " " + who);
      } else {
        explicitTriggers.computeIfAbsent(words[1], _ -> new TreeSet<>()).add(who);
      }
    }
  }

  /** Begins a package. */
  Entry add(Map<String, ControlFile> control) throws IOException {
    return new Entry(control);
  }

  /** The names, as in the info folder, of the packages that want to run a script when unpacked. */
  List<String> withPreinst() {
    return withPreinst;
  }

  /** All files of the database by path relative to {@code /var/lib/dpkg}. */
  SortedMap<String, DatabaseFile> files() {
    SortedMap<String, DatabaseFile> files = new TreeMap<>();
    files.put("status", new DatabaseFile(0644, status.toString()));
    files.put("available", new DatabaseFile(0644, ""));
    files.put("info/format", new DatabaseFile(0644, "1\n"));
    info.forEach((name, file) -> files.put("info/" + name, file));
    files.put("triggers/File", new DatabaseFile(0644, lines(fileTriggers)));
    files.put("triggers/Unincorp", new DatabaseFile(0644, ""));
    explicitTriggers.forEach(
        (name, who) -> files.put("triggers/" + name, new DatabaseFile(0644, lines(who))));
    return files;
  }

  private static String lines(Iterable<String> lines) {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }

  /** The bytes of a file of the database. */
  static byte[] bytes(DatabaseFile file) {
    return file.text().getBytes(StandardCharsets.UTF_8);
  }
}
