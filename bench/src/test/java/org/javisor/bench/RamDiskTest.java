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
    RamDisk.write(Files.newOutputStream(file), 3, 2);
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
    long hash = 3L * BenchProgram.ALL.getFirst().iterations();
    long lanes = 3L * BenchProgram.LANES.iterations();
    assertThat(plan)
        .startsWith("hash " + hash + " 1\n")
        .endsWith("lanes %d 1\nlanes %d 2\n".formatted(lanes, lanes));
    assertThat(names).contains("bench/lanes");
  }

  @Test
  void oneHartHasNoUseForTwoThreads() {
    assertThat(ProgramRun.all(1)).hasSize(BenchProgram.ALL.size());
    assertThat(ProgramRun.all(8)).hasSize(BenchProgram.ALL.size() + 2);
  }

  private static int aligned(int position) {
    return (position + 3) & ~3;
  }

  private static String text(byte[] bytes, int from, int length) {
    return new String(bytes, from, length, StandardCharsets.US_ASCII);
  }
}
