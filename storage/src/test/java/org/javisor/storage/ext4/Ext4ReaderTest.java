package org.javisor.storage.ext4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.javisor.storage.block.RawFile;
import org.javisor.storage.tree.FileMetadata;
import org.javisor.storage.tree.FileTreeEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Ext4ReaderTest {

  private static final FileMetadata PLAIN = FileMetadata.ofRoot(0644, Instant.EPOCH);

  @TempDir Path folder;

  private Path write(RandomTree tree) throws IOException {
    Path image = folder.resolve("fs");
    try (Ext4Writer writer = Ext4Writer.create(image, Ext4Options.ofSize(200 << 20))) {
      for (FileTreeEntry entry : tree.entries) {
        writer.add(entry);
      }
      writer.finish();
    }
    return image;
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void whatTheWriterWroteIsRead(long seed) throws IOException {
    RandomTree tree = new RandomTree(seed, 250);
    try (RawFile disk = RawFile.open(write(tree), true)) {
      Ext4Reader reader = Ext4Reader.open(disk);
      for (Map.Entry<String, RandomTree.Expected> file : tree.files.entrySet()) {
        String what = "seed " + seed + ": " + file.getKey();
        RandomTree.Expected expected = file.getValue();
        Ext4Reader.FileStatus status = reader.status(file.getKey());
        if (expected.metadata != null) {
          assertThat(status.userId()).as(what).isEqualTo(expected.metadata.userId());
          assertThat(status.groupId()).as(what).isEqualTo(expected.metadata.groupId());
          assertThat(status.permissions()).as(what).isEqualTo(expected.metadata.permissions());
        }
        if (expected.content != null) {
          assertThat(Arrays.equals(reader.readAll(file.getKey()), expected.content))
              .as(what)
              .isTrue();
        } else if (expected.type.equals("symlink")) {
          assertThat(reader.target(file.getKey())).as(what).isEqualTo(expected.target);
        }
        int slash = file.getKey().lastIndexOf('/');
        assertThat(reader.list(slash < 0 ? "/" : file.getKey().substring(0, slash)))
            .as(what)
            .containsEntry(file.getKey().substring(slash + 1), status);
      }
    }
  }

  @Test
  void hashedDirectoriesAndLinksOnTheWayAreRead() throws IOException {
    Path image = folder.resolve("fs");
    try (Ext4Writer writer = Ext4Writer.create(image, Ext4Options.ofSize(64 << 20))) {
      writer.add(new FileTreeEntry.SymbolicLink("lib", PLAIN, "usr/lib"));
      writer.add(new FileTreeEntry.SymbolicLink("loop", PLAIN, "/loop"));
      for (int i = 0; i < 2000; i++) {
        writer.add(
            new FileTreeEntry.Regular(
                "usr/lib/file-" + i, PLAIN, 1, new ByteArrayInputStream(new byte[] {(byte) i})));
      }
      writer.finish();
    }
    try (RawFile disk = RawFile.open(image, true)) {
      Ext4Reader reader = Ext4Reader.open(disk);
      assertThat(reader.list("/lib")).hasSize(2000);
      assertThat(reader.readAll("/lib/../lib/file-77")).containsExactly(77);
      assertThatThrownBy(() -> reader.read("/lib/absent")).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> reader.read("/lib")).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> reader.read("/loop")).hasMessageContaining("loop");
    }
  }

  @Test
  void whatMke2fsWroteIsRead() throws IOException {
    Path tree = Files.createDirectories(folder.resolve("tree/a/b"));
    byte[] content = new byte[300_000];
    new Random(1).nextBytes(content);
    Files.write(tree.resolve("file"), content);
    Path image = folder.resolve("fs");
    Tools.run("mke2fs", "-q", "-t", "ext4", "-d", folder.resolve("tree"), image, "64M");
    try (RawFile disk = RawFile.open(image, true)) {
      Ext4Reader reader = Ext4Reader.open(disk);
      assertThat(reader.list("a")).containsOnlyKeys("b");
      assertThat(reader.readAll("a/b/file")).isEqualTo(content);
    }
  }

  /** A guest owns its disk: whatever it has written there, reading ends, and with an answer. */
  @Test
  void damageIsAnErrorAndNothingElse() throws IOException {
    Path image = write(new RandomTree(21, 100));
    Random random = new Random(21);
    for (int round = 0; round < 150; round++) {
      try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
        for (int i = 0; i < 40; i++) {
          // Super block, descriptors, inodes of group 0; then anything.
          file.seek(random.nextInt(3) == 0 ? random.nextInt(2048, 4096) : random.nextInt(6 << 20));
          file.write(random.nextInt(256));
        }
      }
      try (RawFile disk = RawFile.open(image, true)) {
        Ext4Reader reader = Ext4Reader.open(disk);
        for (String name : reader.list("/").keySet()) {
          reader.status(name);
          reader.list(name);
        }
      } catch (IOException e) {
        assertThat(e).hasMessageNotContaining("null");
      } catch (RuntimeException e) {
        fail("seed 21 round " + round, e);
      }
    }
  }
}
