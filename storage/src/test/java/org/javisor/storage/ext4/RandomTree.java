package org.javisor.storage.ext4;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.javisor.storage.tree.FileMetadata;
import org.javisor.storage.tree.FileTreeEntry;

/**
 * A random stream of entries, and the tree that must come of it. Names are drawn from few, so that
 * entries replace each other, files become directories and the other way round.
 */
final class RandomTree {

  /** A file that must be there; hard links share one. */
  static final class Expected {
    final String type;
    final FileMetadata metadata;
    final byte[] content;
    final String target;
    final int major;
    final int minor;
    int links;

    private Expected(
        String type, FileMetadata metadata, byte[] content, String target, int major, int minor) {
      this.type = type;
      this.metadata = metadata;
      this.content = content;
      this.target = target;
      this.major = major;
      this.minor = minor;
    }
  }

  private static final String[] NAMES = {
    "a", "b", "c", "lost+found", "Größe", "with space", "x".repeat(255), "yy", "zzz"
  };

  private final Random random;
  final List<FileTreeEntry> entries = new ArrayList<>();

  /** By path without a leading slash; the root is not among them. */
  final TreeMap<String, Expected> files = new TreeMap<>();

  RandomTree(long seed, int count) {
    random = new Random(seed);
    for (int i = 0; i < count; i++) {
      add(path());
    }
    for (Expected file : files.values()) {
      file.links = 0;
    }
    for (Expected file : files.values()) {
      file.links++;
    }
  }

  private String path() {
    int depth = 1 + random.nextInt(4);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < depth; i++) {
      names.add(NAMES[random.nextInt(NAMES.length)]);
    }
    if (depth == 1 && names.getFirst().equals("lost+found")) {
      names.add("a"); // there it can only be a directory
    }
    String path = String.join("/", names);
    for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      Expected parent = files.get(path.substring(0, slash));
      if (parent != null && !parent.type.equals("directory")) {
        return path.substring(0, slash);
      }
    }
    return path;
  }

  private void add(String path) {
    FileMetadata metadata = metadata();
    String prefix = new String[] {"", "/", "./"}[random.nextInt(3)];
    String given = prefix + path;
    int kind = random.nextInt(10);
    switch (kind) {
      case 0, 1, 2, 3 -> {
        byte[] content = content();
        entries.add(
            new FileTreeEntry.Regular(
                given, metadata, content.length, new ByteArrayInputStream(content)));
        put(path, new Expected("regular", metadata, content, "", 0, 0));
      }
      case 4, 5 -> {
        entries.add(new FileTreeEntry.Directory(given + "/", metadata));
        put(path, new Expected("directory", metadata, null, "", 0, 0));
      }
      case 6 -> {
        // Targets lead nowhere, so that no path leads through them.
        String target = "/nowhere/" + "t".repeat(random.nextInt(2) * random.nextInt(240));
        entries.add(new FileTreeEntry.SymbolicLink(given, metadata, target));
        put(path, new Expected("symlink", metadata, null, target, 0, 0));
      }
      case 7 -> {
        boolean block = random.nextBoolean();
        int major = random.nextInt(random.nextBoolean() ? 256 : 4096);
        int minor = random.nextInt(random.nextBoolean() ? 256 : 1 << 20);
        entries.add(
            new FileTreeEntry.DeviceNode(
                given,
                metadata,
                block ? FileTreeEntry.DeviceKind.BLOCK : FileTreeEntry.DeviceKind.CHARACTER,
                major,
                minor));
        String type = block ? "block special" : "character special";
        put(path, new Expected(type, metadata, null, "", major, minor));
      }
      case 8 -> {
        entries.add(new FileTreeEntry.Fifo(given, metadata));
        put(path, new Expected("FIFO", metadata, null, "", 0, 0));
      }
      default -> link(path, given);
    }
  }

  private void link(String path, String given) {
    List<String> others =
        files.entrySet().stream()
            .filter(file -> !file.getValue().type.equals("directory"))
            .map(Map.Entry::getKey)
            // Replacing a directory by a link to something in it is another test's.
            .filter(other -> !other.startsWith(path + "/"))
            .toList();
    if (!others.isEmpty()) {
      String other = others.get(random.nextInt(others.size()));
      entries.add(new FileTreeEntry.HardLink(given, other));
      put(path, files.get(other));
    }
  }

  private void put(String path, Expected file) {
    for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      files.computeIfAbsent(
          path.substring(0, slash), _ -> new Expected("directory", null, null, "", 0, 0));
    }
    boolean keepsChildren = file.type.equals("directory");
    if (!keepsChildren) {
      files.subMap(path + "/", path + "0").clear();
    }
    files.put(path, file);
  }

  private FileMetadata metadata() {
    Map<String, byte[]> attributes = new HashMap<>();
    while (random.nextInt(4) == 0) {
      byte[] value = new byte[random.nextInt(random.nextBoolean() ? 30 : 600)];
      random.nextBytes(value);
      attributes.put("user.n" + random.nextInt(20), value);
    }
    if (random.nextInt(8) == 0) {
      byte[] capability = new byte[20];
      random.nextBytes(capability);
      attributes.put("security.capability", capability);
    }
    if (random.nextInt(8) == 0) {
      attributes.put("system.posix_acl_access", accessList());
    }
    long userId = random.nextBoolean() ? 0 : random.nextLong(1L << 32);
    Instant modified =
        Instant.ofEpochSecond(random.nextLong(1L << 33), random.nextInt(1_000_000_000));
    return new FileMetadata(
        userId, random.nextInt(100_000), random.nextInt(010000), modified, attributes);
  }

  /** rw for the owner, r for user 1234567, the mask and the others. */
  private static byte[] accessList() {
    ByteBuffer list = ByteBuffer.allocate(4 + 5 * 8).order(ByteOrder.LITTLE_ENDIAN).putInt(2);
    // Where the number means nothing, the kernel says -1 and the debugger 0.
    int[][] lines = {{1, 6, 0}, {2, 4, 1234567}, {4, 4, 0}, {0x10, 4, 0}, {0x20, 4, 0}};
    for (int[] line : lines) {
      list.putShort((short) line[0]).putShort((short) line[1]).putInt(line[2]);
    }
    return list.array();
  }

  private byte[] content() {
    int size = random.nextInt(new int[] {1, 100, 5000, 400_000}[random.nextInt(4)]);
    byte[] content = new byte[size];
    random.nextBytes(content);
    if (size > 200_000) {
      Arrays.fill(content, 64 << 10, 128 << 10, (byte) 0); // a hole
    }
    return content;
  }
}
