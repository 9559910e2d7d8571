package org.javisor.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RamDiskTest {
  @TempDir Path directory;

  /** Walks the archive as the kernel does. */
  @Test
  void holdsInitThePlanAndEveryProgram() throws IOException {
    assumeTrue(BenchProgram.areBuilt(), "needs " + BenchProgram.COMPILER_INSTALLATION);
    Path file = directory.resolve("disk.cpio");
    RamDisk.write(file, 3);
    byte[] bytes = Files.readAllBytes(file);
    List<String> names = new ArrayList<>();
    String plan = "";
    int position = 0;
    while (names.isEmpty() || !names.getLast().equals("TRAILER!!!")) {
      assertThat(text(bytes, position, 6)).isEqualTo("070701");
      int size = Integer.parseInt(text(bytes, position + 54, 8), 16);
      int nameSize = Integer.parseInt(text(bytes, position + 94, 8), 16);
      String name = text(bytes, position + 110, nameSize - 1);
      names.add(name);
      int content = aligned(position + 110 + nameSize);
      if (name.equals("bench/plan")) {
        plan = text(bytes, content, size);
      }
      if (name.equals("init")) {
        assertThat(text(bytes, content + 1, 3)).isEqualTo("ELF");
      }
      position = aligned(content + size);
    }
    assertThat(position).isEqualTo(bytes.length);
    assertThat(names).contains("init", "dev/console", "bench/hash", "bench/chase");
    assertThat(plan).startsWith("hash 24\n").endsWith("chase 12\n");
  }

  private static int aligned(int position) {
    return (position + 3) & ~3;
  }

  private static String text(byte[] bytes, int from, int length) {
    return new String(bytes, from, length, StandardCharsets.US_ASCII);
  }
}
