package org.javisor.storage.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.javisor.storage.HostTool;
import org.javisor.storage.ext4.Ext4Options;
import org.javisor.storage.ext4.Ext4Writer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayeredDiskTest {

  private static final int CLUSTER = 1 << 16;
  private static final int SIZE = (5 * CLUSTER) + 5 * 512;
  private static final int BASE = (3 * CLUSTER) - 3 * 512;

  @TempDir Path folder;

  private final FixedDisk base = FixedDisk.random(BASE, 7);
  private final BaseImages images =
      identity -> {
        if (!identity.equals("sha256:base")) {
          throw new IOException("no image " + identity);
        }
        return base;
      };

  private LayeredDisk create(String name) throws IOException {
    return LayeredDisk.create(folder.resolve(name), "sha256:base", images, SIZE);
  }

  private static byte[] all(BlockDevice disk) throws IOException {
    byte[] bytes = new byte[(int) disk.size()];
    disk.read(0, ByteBuffer.wrap(bytes));
    return bytes;
  }

  private static void fill(BlockDevice disk, long offset, int length, int value)
      throws IOException {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    disk.write(offset, ByteBuffer.wrap(bytes));
  }

  private static List<String> files(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** A disk and what it has to show. */
  private final class Model {
    final String name;
    LayeredDisk disk;
    byte[] now;
    final Map<String, byte[]> snapshots = new HashMap<>();

    Model(String name, LayeredDisk disk, byte[] now) {
      this.name = name;
      this.disk = disk;
      this.now = now;
    }

    void check(String what) throws IOException {
      assertThat(disk.size()).as(what).isEqualTo(now.length);
      assertThat(Arrays.mismatch(all(disk), now)).as(what + ": first wrong byte").isEqualTo(-1);
      assertThat(disk.snapshots()).as(what).hasSameSizeAs(snapshots.keySet());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void randomRequestsAndChangesOfLayersFollowAModel(long seed) throws IOException {
    Random random = new Random(seed);
    List<Model> models = new ArrayList<>();
    models.add(new Model("d0", create("d0"), Arrays.copyOf(base.bytes(), SIZE)));
    for (int i = 0; i < 400; i++) {
      Model model = models.get(random.nextInt(models.size()));
      step(model, models, random);
      model.check("seed " + seed + " step " + i + " disk " + model.name);
    }
    for (Model model : models) {
      model.check("seed " + seed + " at the end, disk " + model.name);
      for (Map.Entry<String, byte[]> snapshot : model.snapshots.entrySet()) {
        model.disk.restore(snapshot.getKey());
        assertThat(Arrays.equals(all(model.disk), snapshot.getValue()))
            .as("seed " + seed + " snapshot " + snapshot.getKey() + " of " + model.name)
            .isTrue();
      }
      for (String snapshot : model.snapshots.keySet()) {
        model.disk.deleteSnapshot(snapshot);
      }
      assertThat(model.disk.compact(DiskProgress.IGNORED)).isTrue();
      assertThat(model.disk.depth()).isEqualTo(1);
      assertThat(files(folder.resolve(model.name))).hasSize(3);
      model.disk.close();
    }
  }

  private void step(Model model, List<Model> models, Random random) throws IOException {
    LayeredDisk disk = model.disk;
    int unit = new int[] {1, 512, 4096}[random.nextInt(3)];
    int offset = random.nextInt(model.now.length) / unit * unit;
    int length = Math.min(model.now.length - offset, random.nextInt(90_000)) / unit * unit;
    List<String> names = List.copyOf(model.snapshots.keySet());
    String some = names.isEmpty() ? "" : names.get(random.nextInt(names.size()));
    switch (random.nextInt(22)) {
      case 0, 1, 2, 3, 4, 5 -> {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        disk.write(offset, ByteBuffer.wrap(bytes));
        System.arraycopy(bytes, 0, model.now, offset, length);
      }
      case 6, 7 -> {
        disk.writeZeroes(offset, length);
        Arrays.fill(model.now, offset, offset + length, (byte) 0);
      }
      case 8, 9 -> {
        disk.discard(offset, length);
        int from = Math.ceilDiv(offset, 4096) * 4096;
        int to = (offset + length) / 4096 * 4096;
        Arrays.fill(model.now, from, Math.max(from, to), (byte) 0);
      }
      case 10, 11, 12 -> {
        String name = "s" + random.nextInt(1 << 30);
        disk.snapshot(name);
        model.snapshots.put(name, model.now.clone());
      }
      case 13 -> {
        if (!some.isEmpty()) {
          disk.restore(some);
          model.now = model.snapshots.get(some).clone();
        }
      }
      case 14, 15 -> {
        if (!some.isEmpty()) {
          disk.deleteSnapshot(some);
          model.snapshots.remove(some);
        }
      }
      case 16 -> assertThat(disk.compact(DiskProgress.IGNORED)).isTrue();
      case 17 -> {
        if (random.nextInt(3) == 0) {
          assertThat(disk.flatten(DiskProgress.IGNORED)).isTrue();
          assertThat(disk.depth()).isEqualTo(1);
        }
      }
      case 18 -> {
        if (models.size() < 5) {
          String name = "d" + models.size();
          boolean fromSnapshot = !some.isEmpty() && random.nextBoolean();
          if (fromSnapshot) {
            disk.fork(some, folder.resolve(name));
          } else {
            disk.fork(folder.resolve(name));
          }
          models.add(
              new Model(
                  name,
                  LayeredDisk.open(folder.resolve(name), images),
                  fromSnapshot ? model.snapshots.get(some).clone() : model.now.clone()));
        }
      }
      case 19 -> {
        disk.close();
        model.disk = LayeredDisk.open(folder.resolve(model.name), images);
      }
      case 20 -> resize(model, random);
      default -> disk.flush();
    }
  }

  private static void resize(Model model, Random random) throws IOException {
    int size = Math.max(512, model.now.length + (random.nextInt(400) - 200) * 512);
    boolean fits = true;
    for (int at = size; at < model.now.length; at++) {
      fits &= model.now[at] == 0;
    }
    if (fits) {
      model.disk.resize(size);
      model.now = Arrays.copyOf(model.now, size);
    } else {
      assertThatThrownBy(() -> model.disk.resize(size))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot shrink");
    }
  }

  @Test
  void discardedBlocksDoNotShineThrough() throws IOException {
    try (LayeredDisk disk = create("d")) {
      fill(disk, 0, CLUSTER, 1);
      disk.snapshot("one");
      disk.discard(0, CLUSTER);
      assertThat(Arrays.copyOf(all(disk), CLUSTER)).containsOnly(0);
      disk.snapshot("two");
      disk.deleteSnapshot("one");
      disk.compact(DiskProgress.IGNORED);
      assertThat(Arrays.copyOf(all(disk), CLUSTER)).containsOnly(0);
    }
  }

  @Test
  void deletedSnapshotsGiveTheirSpaceBack() throws IOException {
    try (LayeredDisk disk =
        LayeredDisk.create(folder.resolve("d"), "sha256:base", images, 64 * CLUSTER)) {
      fill(disk, 0, 60 * CLUSTER, 1);
      disk.flush();
      long one = disk.allocatedBytes();
      for (int i = 0; i < 5; i++) {
        disk.snapshot("s" + i);
        fill(disk, 0, 60 * CLUSTER, i);
      }
      disk.flush();
      assertThat(disk.allocatedBytes()).isGreaterThan(5 * one);
      for (int i = 0; i < 5; i++) {
        disk.deleteSnapshot("s" + i);
      }
      disk.compact(DiskProgress.IGNORED);
      assertThat(disk.allocatedBytes()).isLessThan(one + (one / 2));
    }
  }

  @Test
  void aFlattenedDiskNeedsNoImage() throws IOException {
    byte[] before;
    try (LayeredDisk disk = create("d")) {
      fill(disk, 100, 100, 1);
      disk.snapshot("s");
      fill(disk, 300, 100, 2);
      before = all(disk);
      assertThat(disk.flatten((_, _) -> false)).isFalse();
      assertThat(disk.flatten(DiskProgress.IGNORED)).isTrue();
      assertThat(disk.needsImage()).isTrue();
      disk.deleteSnapshot("s");
      assertThat(disk.needsImage()).isFalse();
    }
    try (LayeredDisk disk = LayeredDisk.open(folder.resolve("d"), BaseImages.NONE)) {
      assertThat(all(disk)).isEqualTo(before);
    }
  }

  @Test
  void aForkOutlivesWhatItCameFrom() throws IOException {
    byte[] expected;
    try (LayeredDisk disk = create("d")) {
      fill(disk, 5, 100_000, 1);
      expected = all(disk);
      for (int i = 0; i < 20; i++) {
        disk.fork(folder.resolve("f" + i));
      }
      assertThat(disk.depth()).isEqualTo(2);
      fill(disk, 0, 1000, 2);
    }
    for (String file : files(folder.resolve("d"))) {
      Files.delete(folder.resolve("d").resolve(file));
    }
    try (LayeredDisk fork = LayeredDisk.open(folder.resolve("f7"), images)) {
      assertThat(all(fork)).isEqualTo(expected);
    }
  }

  @Test
  void whatIsWrongIsRefusedAndChangesNothing() throws IOException {
    try (LayeredDisk disk = create("d")) {
      disk.snapshot("a b/%\n");
      assertThatThrownBy(() -> disk.snapshot("a b/%\n"))
          .isInstanceOf(SnapshotException.class)
          .hasMessageContaining("already");
      assertThatThrownBy(() -> disk.restore("x"))
          .isInstanceOf(SnapshotException.class)
          .hasMessageContaining("no snapshot x");
      assertThatThrownBy(() -> disk.deleteSnapshot("x")).isInstanceOf(SnapshotException.class);
      assertThatThrownBy(() -> LayeredDisk.open(folder.resolve("d"), images))
          .hasMessageContaining("in use");
      assertThatThrownBy(() -> create("d")).hasMessageContaining("in use");
      disk.renameSnapshot("a b/%\n", "c");
      assertThat(disk.snapshots()).extracting(DiskSnapshot::name).containsExactly("c");
    }
    assertThatThrownBy(() -> create("d")).hasMessageContaining("already");
    assertThatThrownBy(() -> LayeredDisk.open(folder.resolve("none"), images))
        .hasMessageContaining("no disk");
    Path tree = folder.resolve("d").resolve("layers");
    String text = Files.readString(tree);
    Files.writeString(tree, text.replace("disk 1", "disk 2"));
    assertThatThrownBy(() -> LayeredDisk.open(folder.resolve("d"), images))
        .hasMessageContaining("version 2");
    Files.writeString(tree, text.replace("base\n", "none\n"));
    assertThatThrownBy(() -> LayeredDisk.open(folder.resolve("d"), images))
        .hasMessageContaining("damaged");
    Files.writeString(tree, text);
    LayeredDisk.open(folder.resolve("d"), images).close();
  }

  @Test
  void anOverlayOfAnEarlierVersionBecomesALayer() throws IOException {
    Path old = folder.resolve("disk");
    byte[] expected;
    try (Overlay overlay = Overlay.create(old, base, "sha256:base", SIZE)) {
      fill(overlay, 1000, 70_000, 3);
      expected = all(overlay);
    }
    try (LayeredDisk disk = LayeredDisk.adopt(folder.resolve("d"), old, "sha256:base", images)) {
      assertThat(all(disk)).isEqualTo(expected);
      disk.snapshot("s");
      fill(disk, 0, 10, 1);
    }
    assertThat(old).doesNotExist();
    try (LayeredDisk disk = LayeredDisk.open(folder.resolve("d"), images)) {
      disk.restore("s");
      assertThat(all(disk)).isEqualTo(expected);
    }
  }

  @Test
  void aDeepChainReadsRight() throws IOException {
    int depth = 100;
    byte[] expected;
    try (LayeredDisk disk = create("d")) {
      expected = all(disk);
      for (int i = 0; i < depth; i++) {
        int offset = i * 512 % (SIZE - 512);
        fill(disk, offset, 512, i);
        Arrays.fill(expected, offset, offset + 512, (byte) i);
        disk.snapshot("s" + i);
      }
      assertThat(disk.depth()).isEqualTo(depth + 1);
    }
    try (LayeredDisk disk = LayeredDisk.open(folder.resolve("d"), images)) {
      assertThat(all(disk)).isEqualTo(expected);
      for (int i = 0; i < depth; i++) {
        disk.deleteSnapshot("s" + i);
      }
      disk.compact(DiskProgress.IGNORED);
      assertThat(disk.depth()).isEqualTo(1);
      assertThat(all(disk)).isEqualTo(expected);
    }
  }

  @Test
  void whatWasWrittenSinceAMarkIsKnown() throws IOException {
    try (LayeredDisk disk = create("d")) {
      fill(disk, 0, 1, 1);
      disk.snapshot("s");
      try (DirtyBlocks dirty = disk.trackWrites()) {
        fill(disk, CLUSTER - 1, 2, 1);
        disk.discard(3 * CLUSTER - 4096, 4096);
        assertThat(dirty.count()).isEqualTo(3);
        assertThat(dirty.take().stream()).containsExactly(0, 1, 2);
        assertThat(dirty.take().stream()).isEmpty();
        fill(disk, 4 * CLUSTER, 1, 1);
        assertThat(dirty.take().stream()).containsExactly(4);
        assertThat(disk.changedSince("s").stream()).containsExactly(0, 1, 2, 4);
        disk.restore("s");
        assertThat(dirty.take().stream()).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(disk.changedSince("s").stream()).isEmpty();
      }
      disk.flatten(DiskProgress.IGNORED);
      assertThatThrownBy(() -> disk.changedSince("s")).isInstanceOf(SnapshotException.class);
    }
  }

  /** A file system is written in four parts, with layers changing in between. */
  @Test
  void aFileSystemWrittenThroughChangingLayersIsWhole() throws IOException {
    Path plain = folder.resolve("plain");
    try (Ext4Writer writer = Ext4Writer.create(plain, Ext4Options.ofSize(24 << 20))) {
      writer.finish();
    }
    byte[] bytes = Files.readAllBytes(plain);
    Path out = folder.resolve("out");
    try (LayeredDisk disk = LayeredDisk.createEmpty(folder.resolve("d"), bytes.length)) {
      int part = bytes.length / 4;
      for (int i = 0; i < 4; i++) {
        disk.write((long) i * part, ByteBuffer.wrap(bytes, i * part, part));
        disk.snapshot("part" + i);
      }
      disk.discard(0, bytes.length);
      disk.restore("part3");
      disk.deleteSnapshot("part1");
      disk.compact(DiskProgress.IGNORED);
      disk.flatten(DiskProgress.IGNORED);
      try (RawFile target = RawFile.create(out, disk.size())) {
        DiskCopy.copy(disk, target, DiskProgress.IGNORED);
      }
    }
    new HostTool("e2fsck", "e2fsprogs").run("-f", "-n", out);
    assertThat(Files.mismatch(plain, out)).isEqualTo(-1);
  }

  /** One thread writes ascending numbers everywhere; whatever a snapshot shows, is of one time. */
  @Test
  void layersChangeWhileRequestsRun() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger round = new AtomicInteger();
    try (LayeredDisk disk = create("d")) {
      fill(disk, 0, SIZE, 0);
      Thread writer =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      while (!stop.get()) {
                        int value = round.incrementAndGet() & 0x7f;
                        for (int at = 0; at < SIZE; at += 512) {
                          fill(disk, at, 512, value);
                          byte[] back = new byte[512];
                          disk.read(at, ByteBuffer.wrap(back));
                          assertThat(back).containsOnly(value);
                        }
                      }
                    } catch (IOException e) {
                      throw new java.io.UncheckedIOException(e);
                    }
                  });
      AtomicInteger failures = new AtomicInteger();
      writer.setUncaughtExceptionHandler((_, _) -> failures.incrementAndGet());
      for (int i = 0; i < 12; i++) {
        disk.snapshot("s" + i);
        if (i >= 3) {
          disk.deleteSnapshot("s" + (i - 3));
          disk.compact(DiskProgress.IGNORED);
        }
        if (i % 5 == 4) {
          disk.flatten(DiskProgress.IGNORED);
        }
        disk.resize(disk.size() + 512);
      }
      stop.set(true);
      writer.join();
      assertThat(failures).hasValue(0);
      for (int i = 9; i < 12; i++) {
        disk.restore("s" + i);
        byte[] shown = Arrays.copyOf(all(disk), SIZE);
        int changes = 0;
        for (int at = 512; at < SIZE; at += 512) {
          changes += shown[at] == shown[at - 512] ? 0 : 1;
        }
        assertThat(changes).as("borders between rounds in one snapshot").isLessThanOrEqualTo(1);
      }
    }
  }
}
