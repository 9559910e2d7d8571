package org.javisor.storage.ext4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.javisor.storage.tree.FileMetadata;
import org.javisor.storage.tree.FileTreeEntry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Ext4WriterTest {

  private static final Instant TIME = Instant.parse("2024-02-29T12:34:56.789Z");
  private static final long MEBIBYTE = 1 << 20;

  @TempDir Path folder;

  private interface Input {
    void into(Ext4Writer writer) throws IOException;
  }

  private Path make(Ext4Options options, Input input) throws IOException {
    Path image = folder.resolve("fs");
    Files.deleteIfExists(image);
    try (Ext4Writer writer = Ext4Writer.create(image, options)) {
      input.into(writer);
      writer.finish();
    }
    return image;
  }

  private static FileMetadata root(int mode) {
    return FileMetadata.ofRoot(mode, TIME);
  }

  private static FileTreeEntry file(String path, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    return new FileTreeEntry.Regular(
        path, root(0644), bytes.length, new ByteArrayInputStream(bytes));
  }

  private static FileTreeEntry directory(String path) {
    return new FileTreeEntry.Directory(path, root(0755));
  }

  private static FileTreeEntry link(String path, String target) {
    return new FileTreeEntry.SymbolicLink(path, root(0777), target);
  }

  private static String cat(Path image, String path) {
    return Tools.debugfs(image, "cat " + path).replaceFirst("debugfs [^\n]*\n", "");
  }

  @ParameterizedTest
  @ValueSource(longs = {16, 17, 127, 128, 129, 512, 1024, 2049, 3000, 40_000, 4 << 20})
  void fileSystemsOfManySizesAreWithoutFaults(long mebibytes) throws IOException {
    long size = mebibytes * MEBIBYTE + 12345;
    long inodes = mebibytes > 100_000 ? 100_000 : 0; // or the check takes long
    Path image =
        make(
            Ext4Options.ofSize(Math.min(size, Ext4Options.MAXIMUM_SIZE)).withInodes(inodes),
            writer -> writer.add(file("etc/hostname", "here\n")));
    Tools.check(image);
    assertThat(cat(image, "/etc/hostname")).isEqualTo("here\n");
    assertThat(Files.size(image)).isBetween(size - 129 * MEBIBYTE, size);
  }

  @Test
  void itGrows() throws IOException {
    Path image = make(Ext4Options.ofSize(64 * MEBIBYTE), w -> w.add(file("f", "content")));
    try (var file = new java.io.RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(3000 * MEBIBYTE);
    }
    Tools.run("resize2fs", image);
    Tools.check(image);
    assertThat(Tools.run("dumpe2fs", "-h", image)).contains("Block count:              768000");
    assertThat(cat(image, "/f")).isEqualTo("content");
  }

  @Test
  void equalInputGivesEqualBytesAndOtherInputAnotherIdentity() throws IOException {
    Ext4Options options = Ext4Options.ofSize(16 * MEBIBYTE).withLabel("root");
    byte[] first = Files.readAllBytes(make(options, w -> w.add(file("a", "1"))));
    byte[] second = Files.readAllBytes(make(options, w -> w.add(file("a", "1"))));
    byte[] third = Files.readAllBytes(make(options, w -> w.add(file("a", "2"))));
    assertThat(Arrays.equals(first, second)).isTrue();
    assertThat(Arrays.mismatch(first, third)).as("the super block has the UUID").isLessThan(2048);
  }

  @Test
  void labelAndIdentityCanBeChosen() throws IOException {
    UUID uuid = UUID.fromString("12345678-9abc-4def-8123-456789abcdef");
    Path image =
        make(
            Ext4Options.ofSize(16 * MEBIBYTE).withLabel("sixteen bytes ok").withUuid(uuid),
            _ -> {});
    assertThat(Tools.run("dumpe2fs", "-h", image))
        .contains("sixteen bytes ok", uuid.toString(), "journal size:       4096k")
        .contains("Filesystem state:         clean");
    assertThatThrownBy(() -> Ext4Options.ofSize(16 * MEBIBYTE).withLabel("seventeen bytes no"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aDirectoryOfLongNamesHasAHashTreeOfTwoLevels() throws IOException {
    Path image =
        make(
            Ext4Options.ofSize(64 * MEBIBYTE).withInodes(12_000),
            writer -> {
              for (int i = 0; i < 9000; i++) {
                writer.add(file("d/" + "%0255d".formatted(i), ""));
              }
            });
    Tools.check(image);
    assertThat(Tools.debugfs(image, "htree_dump /d")).contains("Indirect levels: 1");
    assertThat(Tools.debugfs(image, "stat /d/" + "%0255d".formatted(4711)))
        .contains("Type: regular");
  }

  @Tag("long")
  @Test
  void aDirectoryMayHaveMoreSubdirectoriesThanLinksCount() throws IOException {
    Path image =
        make(
            Ext4Options.ofSize(1024 * MEBIBYTE).withInodes(70_000),
            writer -> {
              for (int i = 0; i < 65_100; i++) {
                writer.add(directory("d/" + i));
              }
            });
    Tools.check(image);
    assertThat(Tools.debugfs(image, "stat /d")).contains("Links: 1 ");
  }

  @Test
  void aFileOfManyPiecesHasAnExtentTreeOfTwoLevels() throws IOException {
    int pieces = 1500;
    long size = pieces * (128L << 10);
    Path image =
        make(
            Ext4Options.ofSize(256 * MEBIBYTE),
            writer ->
                writer.add(new FileTreeEntry.Regular("f", root(0644), size, new Striped(size))));
    Tools.check(image);
    assertThat(Tools.debugfs(image, "stat /f")).contains("Size: " + size, "(ETB1)");
    Path copy = folder.resolve("copy");
    Tools.debugfs(image, "dump /f " + copy);
    try (InputStream expected = new Striped(size);
        InputStream actual = Files.newInputStream(copy)) {
      for (int i = 0; i < pieces; i++) {
        assertThat(Arrays.equals(actual.readNBytes(128 << 10), expected.readNBytes(128 << 10)))
            .isTrue();
      }
    }
  }

  /** 64 KiB that are not zero, 64 KiB that are, and so on. */
  private static final class Striped extends InputStream {
    private long left;
    private long position;

    Striped(long size) {
      left = size;
    }

    @Override
    public int read() {
      if (left == 0) {
        return -1;
      }
      left--;
      return (position++ >> 16 & 1) == 0 ? 7 : 0;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      int some = (int) Math.min(Math.min(left, length), 4096 - position % 4096);
      if (left == 0) {
        return -1;
      }
      Arrays.fill(bytes, offset, offset + some, (byte) ((position >> 16 & 1) == 0 ? 7 : 0));
      left -= some;
      position += some;
      return some;
    }
  }

  @Test
  void laterEntriesReplaceEarlierOnesAndTheirSpaceIsFree() throws IOException {
    byte[] large = new byte[3 << 20];
    new Random(1).nextBytes(large);
    Path image =
        make(
            Ext4Options.ofSize(24 * MEBIBYTE),
            writer -> {
              for (int i = 0; i < 50; i++) {
                writer.add(
                    new FileTreeEntry.Regular(
                        "same", root(0644), large.length, new ByteArrayInputStream(large)));
              }
              writer.add(file("d/e/f", "gone"));
              writer.add(new FileTreeEntry.HardLink("other", "d/e/f"));
              writer.add(file("d", "now a file"));
              writer.add(file("g", "now a directory"));
              writer.add(directory("g"));
              writer.add(file("g/h", "in it"));
              writer.add(new FileTreeEntry.HardLink("g/h", "g/h"));
            });
    Tools.check(image);
    assertThat(cat(image, "/d")).isEqualTo("now a file");
    assertThat(cat(image, "/g/h")).isEqualTo("in it");
    assertThat(cat(image, "/other")).isEqualTo("gone");
    assertThat(Tools.debugfs(image, "stat /other")).contains("Links: 1 ");
  }

  @Test
  void pathsFollowLinksInsideTheTree() throws IOException {
    Input input =
        writer -> {
          writer.add(directory("usr/lib"));
          writer.add(link("lib", "usr/lib"));
          writer.add(link("abs", "/usr/../../lib"));
          writer.add(directory("lib"));
          writer.add(file("lib/one", "1"));
          writer.add(file("abs/two", "2"));
          writer.add(link("made", "new/place"));
          writer.add(file("made/three", "3"));
        };
    Path image = make(Ext4Options.ofSize(16 * MEBIBYTE), input);
    Tools.check(image);
    assertThat(cat(image, "/usr/lib/one")).isEqualTo("1");
    assertThat(cat(image, "/usr/lib/two")).isEqualTo("2");
    assertThat(cat(image, "/new/place/three")).isEqualTo("3");
    assertThat(Tools.debugfs(image, "stat /lib")).contains("Type: symlink");
    Path replaced = make(Ext4Options.ofSize(16 * MEBIBYTE).withKeepDirectoryLinks(false), input);
    Tools.check(replaced);
    assertThat(Tools.debugfs(replaced, "stat /lib")).contains("Type: directory");
  }

  private void refused(FileTreeEntry entry, String message) throws IOException {
    Path image = folder.resolve("refused");
    try (Ext4Writer writer = Ext4Writer.create(image, Ext4Options.ofSize(16 * MEBIBYTE))) {
      writer.add(file("file", ""));
      writer.add(link("loop", "loop"));
      assertThatThrownBy(
              () -> {
                writer.add(entry);
                writer.finish();
              })
          .isInstanceOf(IOException.class)
          .hasMessageContaining(message);
      assertThatThrownBy(writer::finish).isInstanceOf(IllegalStateException.class);
    }
    assertThat(image).doesNotExist();
  }

  @Test
  void impossibleEntriesAreRefusedAndNoHalfMadeImageIsLeft() throws IOException {
    refused(file("a/../../etc/passwd", ""), "upwards");
    refused(file("file/below", ""), "no directory");
    refused(file("loop/below", ""), "loop");
    refused(file("x".repeat(256), ""), "cannot have");
    refused(file(".", ""), "root");
    refused(new FileTreeEntry.HardLink("a", "nowhere"), "does not exist");
    refused(new FileTreeEntry.HardLink("a", "/"), "directory");
    refused(link("a", ""), "target");
    refused(link("a", "x".repeat(4096)), "target");
    refused(file("lost+found", ""), "lost+found");
    refused(
        new FileTreeEntry.Regular("short", root(0644), 10, new ByteArrayInputStream(new byte[9])),
        "1 bytes early");
    refused(
        new FileTreeEntry.Fifo(
            "a", new FileMetadata(0, 0, 0644, TIME, Map.of("odd.name", new byte[1]))),
        "odd.name");
    refused(
        new FileTreeEntry.Fifo(
            "a", new FileMetadata(0, 0, 0644, TIME, Map.of("user.large", new byte[5000]))),
        "too large");
  }

  @Test
  void aFullFileSystemIsAnError() throws IOException {
    byte[] content = new byte[1 << 20];
    Arrays.fill(content, (byte) 1);
    Path image = folder.resolve("full");
    try (Ext4Writer writer = Ext4Writer.create(image, Ext4Options.ofSize(16 * MEBIBYTE))) {
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 16; i++) {
                  writer.add(
                      new FileTreeEntry.Regular(
                          "f" + i, root(0644), content.length, new ByteArrayInputStream(content)));
                }
              })
          .isInstanceOf(IOException.class)
          .hasMessageContaining("full");
    }
    try (Ext4Writer writer =
        Ext4Writer.create(image, Ext4Options.ofSize(16 * MEBIBYTE).withInodes(100))) {
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 200; i++) {
                  writer.add(file("f" + i, ""));
                }
              })
          .isInstanceOf(IOException.class)
          .hasMessageContaining("full");
    }
    assertThat(image).doesNotExist();
  }

  @Test
  void exactlyAsManyFilesAsInodesFit() throws IOException {
    Path image =
        make(
            Ext4Options.ofSize(16 * MEBIBYTE).withInodes(100),
            writer -> {
              for (int i = 0; i < 100; i++) {
                writer.add(file("f" + i, ""));
              }
            });
    Tools.check(image);
  }
}
