package org.javisor.storage.fat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.javisor.storage.HostTool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** dosfstools finds no fault in what we write, and mtools reads back what went in. */
class FatImageTest {

  private static final HostTool CHECK = new HostTool("fsck.vfat", "dosfstools");
  private static final HostTool COPY = new HostTool("mcopy", "mtools");
  private static final HostTool LIST = new HostTool("mdir", "mtools");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void filesAreReadBack(long seed) throws IOException {
    Random random = new Random(seed);
    FatImage disk = new FatImage("SEED", (int) seed, 1_700_000_000L + seed);
    Map<String, byte[]> files = new LinkedHashMap<>();
    int largest = seed % 2 == 0 ? 50_000 : 3_000_000;
    for (int i = random.nextInt(40); i >= 0; i--) {
      String name =
          "a long name, of file".substring(0, 1 + random.nextInt(19)).strip()
              + (char) ('à' + random.nextInt(20))
              + i
              + (random.nextBoolean() ? ".Text" : "");
      byte[] contents = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(largest / 20)];
      random.nextBytes(contents);
      files.put(name, contents);
      disk.add(name, contents);
    }
    byte[] large = new byte[random.nextInt(largest * 4)];
    random.nextBytes(large);
    files.put("large", large);
    disk.add("large", large);
    Path image = folder.resolve("disk");
    disk.write(image);
    assertThat(CHECK.run("-n", "-v", image)).as("seed " + seed).doesNotContain("rror");
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path copy = folder.resolve("copy");
      COPY.run("-n", "-o", "-i", image, "::" + file.getKey(), copy);
      assertThat(Files.readAllBytes(copy))
          .as("seed " + seed + " file " + file.getKey())
          .isEqualTo(file.getValue());
    }
  }

  @Test
  void theSeedOfNoCloudHasItsLabelAndItsNames() throws IOException {
    Path image = folder.resolve("seed");
    new NoCloudSeed(
            "instance-id: one\n",
            "#cloud-config\n",
            Optional.of("version: 2\n"),
            Optional.of("#cloud-config\n{}\n"))
        .write(image, 1_700_000_000L);
    assertThat(CHECK.run("-n", image)).doesNotContain("rror");
    assertThat(LIST.run("-i", image, "::"))
        .contains("CIDATA", "meta-data", "user-data", "network-config", "vendor-data");
    Path copy = folder.resolve("copy");
    COPY.run("-i", image, "::meta-data", copy);
    assertThat(copy).hasContent("instance-id: one\n");
    assertThat(Files.size(image)).isLessThan(1 << 20);
  }

  @Test
  void whatIsNoNameIsRefused() {
    FatImage disk = new FatImage("X", 1, 0).add("a", new byte[1]);
    for (String name : new String[] {"", "A", "a/b", "a.", "a ", "x".repeat(256), "a\n"}) {
      assertThatThrownBy(() -> disk.add(name, new byte[1]))
          .as(name)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> new FatImage("much too long", 1, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
