package org.javisor.storage.ext4;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.javisor.storage.tree.FileMetadata;
import org.javisor.storage.tree.FileTreeEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Ext4WriterTest {

  private static final Instant TIME = Instant.parse("2024-02-29T12:34:56.789Z");

  @TempDir Path folder;

  static FileMetadata root(int mode) {
    return FileMetadata.ofRoot(mode, TIME);
  }

  static FileTreeEntry file(String path, String content) {
    return file(path, root(0644), content.getBytes(StandardCharsets.UTF_8));
  }

  static FileTreeEntry file(String path, FileMetadata metadata, byte[] content) {
    return new FileTreeEntry.Regular(
        path, metadata, content.length, new ByteArrayInputStream(content));
  }

  @Test
  void everyKindOfFileMakesAFileSystemWithoutFaults() throws IOException {
    Path file = folder.resolve("fs");
    try (var w =
        Ext4Writer.create(
            file, Ext4Options.ofSize(1L << 30).withLabel("root").withInodes(120000))) {
      w.add(new FileTreeEntry.Directory(".", root(0755)));
      w.add(file("etc/hello", "hello\n"));
      w.add(new FileTreeEntry.HardLink("etc/hello2", "etc/hello"));
      w.add(new FileTreeEntry.SymbolicLink("bin", root(0777), "usr/bin"));
      w.add(new FileTreeEntry.SymbolicLink("long", root(0777), "x/".repeat(100)));
      w.add(file("bin/tool", "tool"));
      w.add(
          new FileTreeEntry.DeviceNode(
              "dev/null", root(0666), FileTreeEntry.DeviceKind.CHARACTER, 1, 3));
      w.add(
          new FileTreeEntry.DeviceNode(
              "dev/big", root(0660), FileTreeEntry.DeviceKind.BLOCK, 259, 70000));
      w.add(new FileTreeEntry.Fifo("run/fifo", root(0600)));
      w.add(
          file(
              "a/x",
              new FileMetadata(
                  70000,
                  80000,
                  04755,
                  TIME,
                  Map.of("user.a", new byte[3], "security.capability", new byte[20])),
              new byte[100]));
      w.add(
          file(
              "a/y",
              new FileMetadata(
                  70000,
                  80000,
                  04755,
                  TIME,
                  Map.of("user.a", new byte[300], "security.capability", new byte[20])),
              new byte[100000]));
      for (int i = 0; i < 20000; i++) {
        w.add(file("many/file-number-" + i, "" + i));
      }
      for (int i = 0; i < 1000; i++) {
        w.add(file("some/file-number-" + i, "" + i));
      }
      w.finish();
    }
    Tools.check(file);
  }
}
