package org.javisor.storage.block;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Looks at the disk's folder before and after every step of every change of layers, as the next
 * process would find it if this one were killed there: it opens, shows the disk before or after the
 * change with all its snapshots, and has no file too many.
 */
class LayeredDiskCrashTest {

  private static final int SIZE = 3 << 16;

  @TempDir Path folder;

  private final FixedDisk base = FixedDisk.random(SIZE, 3);
  private final BaseImages images = _ -> base;

  /** What the disk shows, and each of its snapshots. */
  private record Contents(byte[] now, TreeMap<String, byte[]> snapshots) {
    Contents copy() {
      return new Contents(now.clone(), new TreeMap<>(snapshots));
    }

    boolean equalTo(Contents other) {
      return Arrays.equals(now, other.now)
          && snapshots.keySet().equals(other.snapshots.keySet())
          && snapshots.keySet().stream()
              .allMatch(s -> Arrays.equals(snapshots.get(s), other.snapshots.get(s)));
    }
  }

  private String change = "";
  private Contents before;
  private Contents after;
  private int steps;

  private final class Watched extends LayerFolder {
    Watched(LayerFolder folder) {
      super(folder);
    }

    @Override
    void step() {
      steps++;
      try {
        check(path());
      } catch (IOException e) {
        throw new UncheckedIOException(change, e);
      }
    }
  }

  private void check(Path left) throws IOException {
    if (!LayeredDisk.exists(left)) {
      assertThat(change).isEqualTo("create");
      return;
    }
    Path copy = Files.createDirectory(folder.resolve("copy"));
    try (var files = Files.list(left)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    Contents found;
    Set<String> expected = new HashSet<>(Set.of("layers", "lock"));
    try (LayeredDisk disk = LayeredDisk.open(copy, images)) {
      for (LayerId id :
          LayerTreeText.decode(Files.readString(copy.resolve("layers")), "layers")
              .layers()
              .keySet()) {
        expected.add("layer-" + id);
      }
      try (var files = Files.list(copy)) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .as(change)
            .containsExactlyInAnyOrderElementsOf(expected);
      }
      found = new Contents(all(disk), new TreeMap<>());
      for (DiskSnapshot snapshot : disk.snapshots()) {
        disk.restore(snapshot.name());
        found.snapshots.put(snapshot.name(), all(disk));
      }
    }
    assertThat(found.equalTo(before) || found.equalTo(after))
        .as("%s: shows what was before or after", change)
        .isTrue();
    try (var files = Files.list(copy)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(copy);
  }

  private static byte[] all(BlockDevice disk) throws IOException {
    byte[] bytes = new byte[(int) disk.size()];
    disk.read(0, ByteBuffer.wrap(bytes));
    return bytes;
  }

  private interface Change {
    void on(LayeredDisk disk) throws IOException;
  }

  private void apply(String what, LayeredDisk disk, Change change) throws IOException {
    this.change = what;
    change.on(disk);
    before = after;
    check(folder.resolve("disk"));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyStepLeavesADisk(long seed) throws IOException {
    Random random = new Random(seed);
    change = "create";
    before = new Contents(base.bytes().clone(), new TreeMap<>());
    after = before;
    LayeredDisk disk =
        LayeredDisk.create(
            new Watched(LayerFolder.claim(folder.resolve("disk"))),
            LayerParent.BASE,
            "image",
            images,
            SIZE);
    for (int i = 0; i < 30; i++) {
      byte[] bytes = new byte[random.nextInt(1, 30_000)];
      random.nextBytes(bytes);
      int offset = random.nextInt(SIZE - bytes.length);
      disk.write(offset, ByteBuffer.wrap(bytes));
      disk.flush();
      System.arraycopy(bytes, 0, before.now, offset, bytes.length);
      after = before.copy();
      String name = "s" + i;
      String some =
          before.snapshots.isEmpty()
              ? ""
              : before.snapshots.keySet().stream()
                  .skip(random.nextInt(before.snapshots.size()))
                  .findFirst()
                  .orElseThrow();
      String what = "seed " + seed + " change " + i + ": ";
      switch (random.nextInt(some.isEmpty() ? 2 : 7)) {
        case 0, 1 -> {
          after.snapshots.put(name, after.now.clone());
          apply(what + "snapshot", disk, d -> d.snapshot(name));
        }
        case 2 -> {
          after = new Contents(before.snapshots.get(some).clone(), before.snapshots);
          apply(what + "restore", disk, d -> d.restore(some));
        }
        case 3, 4 -> {
          after.snapshots.remove(some);
          apply(what + "delete", disk, d -> d.deleteSnapshot(some));
        }
        case 5 -> apply(what + "compact", disk, d -> d.compact(DiskProgress.IGNORED));
        default -> {
          if (random.nextBoolean()) {
            apply(what + "flatten", disk, d -> d.flatten(DiskProgress.IGNORED));
          } else {
            Path fork = folder.resolve("fork" + i);
            apply(what + "fork", disk, d -> d.fork(fork));
          }
        }
      }
    }
    disk.close();
    assertThat(steps).isGreaterThan(50);
  }
}
