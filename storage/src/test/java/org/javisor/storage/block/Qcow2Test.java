package org.javisor.storage.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.javisor.storage.HostTool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * qemu-img finds no fault in what we write, and reads the same from it; and the other way round.
 */
class Qcow2Test {

  private static final HostTool QEMU_IMG = new HostTool("qemu-img", "qemu-utils");
  private static final int SIZE = (20 << 16) + 3 * 512;

  @TempDir Path folder;

  private static byte[] all(BlockDevice disk) throws IOException {
    byte[] bytes = new byte[(int) disk.size()];
    disk.read(0, ByteBuffer.wrap(bytes));
    return bytes;
  }

  private void compare(Path image, byte[] expected, String what) throws IOException {
    HostTool.Result check = QEMU_IMG.tryRun("check", "-f", "qcow2", image);
    assertThat(check.exit()).as("%s: %s", what, check.output()).isZero();
    Path raw = folder.resolve("raw");
    Files.write(raw, expected);
    HostTool.Result compared = QEMU_IMG.tryRun("compare", "-f", "qcow2", "-F", "raw", image, raw);
    assertThat(compared.exit()).as("%s: %s", what, compared.output()).isZero();
  }

  /** Random requests; returns what the disk has to show. */
  private byte[] requests(Qcow2Image disk, byte[] before, Random random, int count, String what)
      throws IOException {
    byte[] model = before;
    for (int i = 0; i < count; i++) {
      int unit = new int[] {1, 512, 4096, 65536}[random.nextInt(4)];
      int offset = random.nextInt(model.length) / unit * unit;
      int length = Math.min(model.length - offset, random.nextInt(200_000)) / unit * unit;
      switch (random.nextInt(9)) {
        case 0, 1, 2, 3 -> {
          byte[] bytes = new byte[length];
          random.nextBytes(bytes);
          disk.write(offset, ByteBuffer.wrap(bytes));
          System.arraycopy(bytes, 0, model, offset, length);
        }
        case 4 -> {
          disk.writeZeroes(offset, length);
          Arrays.fill(model, offset, offset + length, (byte) 0);
        }
        case 5 -> {
          disk.discard(offset, length);
          byte[] now = new byte[length];
          disk.read(offset, ByteBuffer.wrap(now));
          for (int j = 0; j < length; j++) {
            if (now[j] != 0) {
              assertThat(now[j]).as(what).isEqualTo(model[offset + j]);
            }
          }
          System.arraycopy(now, 0, model, offset, length);
        }
        case 6 -> disk.flush();
        case 7 -> {
          if (random.nextInt(10) == 0) {
            disk.grow(model.length + 512 * random.nextInt(2000));
            model = Arrays.copyOf(model, (int) disk.size());
          }
        }
        default -> {
          byte[] now = new byte[length];
          disk.read(offset, ByteBuffer.wrap(now));
          assertThat(now)
              .as(what + " request " + i)
              .isEqualTo(Arrays.copyOfRange(model, offset, offset + length));
          long next = disk.nextContents(offset);
          for (int j = offset; j < Math.min(next, model.length); j++) {
            assertThat(model[j]).as("%s: contents at %d before %d", what, j, next).isZero();
          }
        }
      }
    }
    return model;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void whatWeMakeQemuReads(long seed) throws IOException {
    Random random = new Random(seed);
    Path image = folder.resolve("image");
    byte[] model = new byte[SIZE];
    Qcow2Image.create(image, SIZE).close();
    for (int round = 0; round < 4; round++) {
      String what = "seed " + seed + " round " + round;
      try (Qcow2Image disk = Qcow2Image.open(image, false, BackingFiles.NONE)) {
        assertThat(disk.size()).isEqualTo(model.length);
        model = requests(disk, model, random, 150, what);
      }
      compare(image, model, what);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "compat=0.10|",
        "compat=1.1,cluster_size=512|",
        "compat=1.1,cluster_size=512,refcount_bits=1|",
        "compat=1.1,cluster_size=2M|",
        "compat=1.1,refcount_bits=2|",
        "compat=1.1,cluster_size=4k,refcount_bits=64|",
        "compat=1.1|-c",
        "compat=0.10,cluster_size=4k|-c",
        "compat=1.1,compression_type=zstd|-c",
      })
  void whatQemuMakesWeReadAndWrite(String options, String more) throws IOException {
    Random random = new Random(options.hashCode());
    byte[] model = new byte[SIZE];
    for (int at = 0; at < SIZE; at += 7 * 4096) {
      byte[] bytes = new byte[Math.min(SIZE - at, random.nextInt(1, 20_000))];
      random.nextBytes(bytes);
      // Something that can be compressed.
      Arrays.fill(bytes, bytes.length / 2, bytes.length, (byte) at);
      System.arraycopy(bytes, 0, model, at, bytes.length);
    }
    Path raw = folder.resolve("source");
    Path image = folder.resolve("image");
    Files.write(raw, model);
    List<Object> command =
        new ArrayList<>(List.of("convert", "-f", "raw", "-O", "qcow2", "-o", options));
    if (more != null) {
      command.add(more);
    }
    command.addAll(List.of(raw, image));
    QEMU_IMG.run(command.toArray());
    try (Qcow2Image disk = Qcow2Image.open(image, true, BackingFiles.NONE)) {
      assertThat(Arrays.equals(all(disk), model)).isTrue();
    }
    for (int round = 0; round < 3; round++) {
      try (Qcow2Image disk = Qcow2Image.open(image, false, BackingFiles.NONE)) {
        model = requests(disk, model, random, 100, options);
      }
      compare(image, model, options);
    }
  }

  @ParameterizedTest
  @CsvSource({"0.10,1", "1.1,2", "1.1,3"})
  void backingFilesShineThroughAndInternalSnapshotsStay(String version, long seed)
      throws IOException {
    Random random = new Random(seed);
    Path base = folder.resolve("base");
    byte[] model = new byte[SIZE];
    random.nextBytes(model);
    Files.write(base, Arrays.copyOf(model, SIZE - 9 * 512));
    Arrays.fill(model, SIZE - 9 * 512, SIZE, (byte) 0);
    Path image = folder.resolve("image");
    QEMU_IMG.run(
        "create", "-f", "qcow2", "-o", "compat=" + version, "-b", "base", "-F", "raw", image, SIZE);
    assertThatThrownBy(() -> Qcow2Image.open(image, false, BackingFiles.NONE))
        .hasMessageContaining("backing file base");
    String what = "seed " + seed;
    try (Qcow2Image disk = Qcow2Image.open(image, false, BackingFiles.in(folder))) {
      model = requests(disk, model, random, 60, what);
    }
    compare(image, model, what);
    byte[] snapshot = model.clone();
    QEMU_IMG.run("snapshot", "-c", "one", image);
    for (int round = 0; round < 3; round++) {
      try (Qcow2Image disk = Qcow2Image.open(image, false, BackingFiles.in(folder))) {
        for (int i = 0; i < 40; i++) {
          byte[] bytes = new byte[random.nextInt(1, 70_000)];
          random.nextBytes(bytes);
          int offset = random.nextInt(model.length - bytes.length);
          disk.write(offset, ByteBuffer.wrap(bytes));
          System.arraycopy(bytes, 0, model, offset, bytes.length);
          disk.writeZeroes(offset, bytes.length / 2);
          Arrays.fill(model, offset, offset + bytes.length / 2, (byte) 0);
        }
      }
      compare(image, model, what + " with a snapshot, round " + round);
    }
    QEMU_IMG.run("snapshot", "-a", "one", image);
    compare(image, snapshot, what + " back at the snapshot");
  }

  @Test
  void layersGoOutAsQcow2AndComeBack() throws IOException {
    Random random = new Random(5);
    Path image = folder.resolve("image");
    byte[] expected;
    try (LayeredDisk disk = LayeredDisk.createEmpty(folder.resolve("a"), 1L << 24);
        Qcow2Image target = Qcow2Image.create(image, disk.size())) {
      for (int i = 0; i < 30; i++) {
        byte[] bytes = new byte[random.nextInt(100_000)];
        random.nextBytes(bytes);
        disk.write(random.nextInt((1 << 24) - bytes.length), ByteBuffer.wrap(bytes));
        if (i % 10 == 0) {
          disk.snapshot("s" + i);
        }
      }
      expected = all(disk);
      assertThat(DiskCopy.copy(disk, target, DiskProgress.IGNORED)).isTrue();
    }
    compare(image, expected, "exported");
    try (Qcow2Image source = Qcow2Image.open(image, true, BackingFiles.NONE);
        LayeredDisk disk = LayeredDisk.createEmpty(folder.resolve("b"), source.size())) {
      DiskCopy.copy(source, disk, DiskProgress.IGNORED);
      assertThat(all(disk)).isEqualTo(expected);
      assertThat(disk.allocatedBytes()).isLessThan(8L << 20);
    }
  }

  /** Cut at every write, by a kill and by a power failure: qemu-img finds leaks at most. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void aCrashLeavesACorrectImage(long seed) throws IOException {
    Random random = new Random(seed);
    MemoryMedium medium = new MemoryMedium();
    // Small clusters, so that all tables grow.
    Qcow2Image.writeEmpty(medium, Qcow2Header.fresh(3, 9, 1 << 20));
    int created = medium.log.size();
    Qcow2Image disk = Qcow2Image.open(medium, "image", false, BackingFiles.NONE);
    List<int[]> flushes = new ArrayList<>();
    List<byte[]> flushed = new ArrayList<>();
    byte[] model = new byte[1 << 20];
    for (int i = 0; i < 12; i++) {
      for (int j = 0; j < 4; j++) {
        byte[] bytes = new byte[random.nextInt(1, 6000)];
        random.nextBytes(bytes);
        int offset = random.nextInt(model.length - bytes.length);
        if (random.nextInt(4) == 0) {
          disk.writeZeroes(offset, bytes.length);
          bytes = new byte[bytes.length];
        } else {
          disk.write(offset, ByteBuffer.wrap(bytes));
        }
        System.arraycopy(bytes, 0, model, offset, bytes.length);
      }
      disk.flush();
      flushes.add(new int[] {medium.log.size()});
      flushed.add(model.clone());
    }
    Path image = folder.resolve("image");
    for (int steps = created; steps <= medium.log.size(); steps += 1 + random.nextInt(30)) {
      for (boolean power : new boolean[] {false, true}) {
        MemoryMedium left =
            power ? medium.afterPowerFailure(steps, random) : medium.afterKill(steps);
        ByteBuffer bytes = ByteBuffer.allocate((int) left.size());
        left.read(0, bytes);
        Files.write(image, bytes.array());
        HostTool.Result check = QEMU_IMG.tryRun("check", "-f", "qcow2", image);
        String what = "seed " + seed + (power ? " power failure" : " kill") + " after " + steps;
        assertThat(check.exit()).as("%s: %s", what, check.output()).isIn(0, 3);
        for (int i = 0; i < flushes.size(); i++) {
          if (flushes.get(i)[0] == steps) {
            assertThat(all(Qcow2Image.open(left, "left", true, BackingFiles.NONE)))
                .as(what)
                .isEqualTo(flushed.get(i));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whateverIsInTheTablesIsAnErrorAtMost(long seed) throws IOException {
    Random random = new Random(seed);
    Path image = folder.resolve("image");
    try (Qcow2Image disk = Qcow2Image.create(image, SIZE)) {
      requests(disk, new byte[SIZE], new Random(seed), 40, "");
    }
    byte[] good = Files.readAllBytes(image);
    for (int i = 0; i < 60; i++) {
      MemoryMedium medium = new MemoryMedium();
      byte[] bad = good.clone();
      for (int j = random.nextInt(1, 4); j > 0; j--) {
        // The header, and the beginnings of the tables.
        int at = random.nextBoolean() ? random.nextInt(112) : random.nextInt(8) * 65536;
        bad[Math.min(bad.length - 1, at + random.nextInt(16))] = (byte) random.nextInt(256);
      }
      medium.write(0, ByteBuffer.wrap(bad));
      try (Qcow2Image disk = Qcow2Image.open(medium, "bad", false, BackingFiles.NONE)) {
        byte[] bytes = new byte[(int) Math.min(disk.size(), SIZE)];
        disk.read(0, ByteBuffer.wrap(bytes));
        disk.write(0, ByteBuffer.wrap(bytes));
        disk.discard(0, bytes.length);
      } catch (IOException e) {
        assertThat(e).hasMessageMatching("(?s).{10,}");
      }
    }
  }

  @Test
  void imagesThatNameThemselvesAreRefused() throws IOException {
    Path image = folder.resolve("image");
    QEMU_IMG.run("create", "-f", "qcow2", "-u", "-b", "image", "-F", "qcow2", image, "1M");
    assertThatThrownBy(() -> Qcow2Image.open(image, true, BackingFiles.in(folder)))
        .hasMessageContaining("name each other");
    QEMU_IMG.run("create", "-f", "qcow2", "-u", "-b", "/etc/passwd", "-F", "raw", image, "1M");
    assertThatThrownBy(() -> Qcow2Image.open(image, true, BackingFiles.in(folder)))
        .hasMessageContaining("not beside it");
  }
}
