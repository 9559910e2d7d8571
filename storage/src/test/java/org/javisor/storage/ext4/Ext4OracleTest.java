package org.javisor.storage.ext4;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.javisor.storage.tree.FileMetadata;
import org.javisor.storage.tree.FileTreeEntry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random trees, read back by e2fsprogs: the check program finds no fault, and the debugger shows
 * every owner, mode, time, device number, link count, attribute and content that went in.
 */
class Ext4OracleTest {

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void whatGoesInIsThere(long seed) throws IOException {
    compare(seed);
  }

  static List<Long> manySeeds() {
    return java.util.stream.LongStream.range(100, 400).boxed().toList();
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("manySeeds")
  void whatGoesInIsThereForManySeeds(long seed) throws IOException {
    compare(seed);
  }

  private void compare(long seed) throws IOException {
    RandomTree tree = new RandomTree(seed, 250);
    Path image = folder.resolve("fs");
    Ext4Options options =
        Ext4Options.ofSize((16L << 20) + (seed % 7) * 50_000_000).withLabel("seed " + seed);
    try (Ext4Writer writer = Ext4Writer.create(image, options)) {
      for (FileTreeEntry entry : tree.entries) {
        writer.add(entry);
      }
      writer.finish();
    }
    Tools.check(image);
    Map<String, String> output = ask(image, tree);
    Map<RandomTree.Expected, String> inodes = new HashMap<>();
    int number = 0;
    for (Map.Entry<String, RandomTree.Expected> file : tree.files.entrySet()) {
      String what = "seed " + seed + ": " + file.getKey();
      String stat = output.get("stat \"/" + file.getKey() + "\"");
      assertThat(stat).as(what).isNotNull();
      RandomTree.Expected expected = file.getValue();
      assertThat(field(stat, "Type: (.*?) +Mode")).as(what).isEqualTo(expected.type);
      if (expected.type.equals("directory")) {
        assertThat(Integer.parseInt(field(stat, "Links: (\\d+)")))
            .as(what)
            .isEqualTo(2 + subdirectories(tree, file.getKey()));
      } else {
        assertThat(field(stat, "Links: (\\d+)")).as(what).isEqualTo("" + expected.links);
        String inode = field(stat, "Inode: (\\d+)");
        assertThat(inodes.getOrDefault(expected, inode)).as(what).isEqualTo(inode);
        inodes.put(expected, inode);
      }
      if (expected.metadata != null) {
        compare(what, stat, expected.metadata, number);
      }
      if (expected.content != null) {
        assertThat(Files.readAllBytes(folder.resolve("content-" + number)))
            .as(what)
            .isEqualTo(expected.content);
      }
      if (expected.type.equals("symlink") && expected.target.length() < 60) {
        assertThat(stat).as(what).contains("Fast link dest: \"" + expected.target + "\"");
      } else if (expected.type.equals("symlink")) {
        assertThat(folder.resolve("content-" + number)).as(what).hasContent(expected.target);
      }
      if (expected.type.endsWith("special")) {
        assertThat(field(stat, "Device major/minor number: (\\d+:\\d+)"))
            .as(what)
            .isEqualTo("%02d:%02d".formatted(expected.major, expected.minor));
      }
      number++;
    }
  }

  private void compare(String what, String stat, FileMetadata metadata, int number)
      throws IOException {
    assertThat(Integer.parseInt(field(stat, "Mode: +(\\d+)"), 8))
        .as(what)
        .isEqualTo(metadata.permissions());
    // The debugger prints owners with a sign.
    assertThat(Integer.parseInt(field(stat, "User: +(-?\\d+)")) & 0xffff_ffffL)
        .as(what)
        .isEqualTo(metadata.userId());
    assertThat(field(stat, "Group: +(\\d+)")).as(what).isEqualTo("" + metadata.groupId());
    assertThat(time(stat)).as(what).isEqualTo(metadata.modified());
    int attribute = 0;
    for (Map.Entry<String, byte[]> entry :
        new java.util.TreeMap<>(metadata.extendedAttributes()).entrySet()) {
      assertThat(Files.readAllBytes(folder.resolve("attribute-" + number + "-" + attribute++)))
          .as("%s: %s", what, entry.getKey())
          .isEqualTo(entry.getValue());
    }
  }

  private static Instant time(String stat) {
    Matcher time = Pattern.compile("mtime: 0x(\\p{XDigit}+):(\\p{XDigit}+)").matcher(stat);
    assertThat(time.find()).isTrue();
    int low = Integer.parseUnsignedInt(time.group(1), 16);
    int extra = Integer.parseUnsignedInt(time.group(2), 16);
    return Instant.ofEpochSecond(low + ((extra & 3L) << 32), extra >>> 2);
  }

  private static String field(String stat, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(stat);
    assertThat(matcher.find()).as("%s in %s", pattern, stat).isTrue();
    return matcher.group(1);
  }

  private static long subdirectories(RandomTree tree, String path) {
    return tree.files.entrySet().stream()
        .filter(file -> file.getValue().type.equals("directory"))
        .filter(file -> file.getKey().startsWith(path + "/"))
        .filter(file -> file.getKey().indexOf('/', path.length() + 1) < 0)
        .count();
  }

  /** Asks everything in one run of the debugger; returns what it said to each request. */
  private Map<String, String> ask(Path image, RandomTree tree) throws IOException {
    List<String> requests = new ArrayList<>();
    int number = 0;
    for (Map.Entry<String, RandomTree.Expected> file : tree.files.entrySet()) {
      String path = "\"/" + file.getKey() + "\"";
      RandomTree.Expected expected = file.getValue();
      requests.add("stat " + path);
      if (expected.content != null || expected.target.length() >= 60) {
        requests.add("dump " + path + " " + folder.resolve("content-" + number));
      }
      if (expected.metadata != null) {
        int attribute = 0;
        for (String name :
            new java.util.TreeMap<>(expected.metadata.extendedAttributes()).keySet()) {
          Path out = folder.resolve("attribute-" + number + "-" + attribute++);
          requests.add("ea_get -f " + out + " " + path + " " + name);
        }
      }
      number++;
    }
    Path commands = folder.resolve("commands");
    Files.write(commands, requests);
    Map<String, String> answers = new HashMap<>();
    for (String part : Tools.run("debugfs", "-f", commands, image).split("debugfs: ")) {
      int end = part.indexOf('\n');
      if (end > 0) {
        answers.put(part.substring(0, end), part.substring(end));
      }
    }
    return answers;
  }
}
