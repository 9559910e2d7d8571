package org.javisor.riscv.board.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelImageTest {
  private static final long BASE = 0x8000_0000L;
  private static final long MIB = 1 << 20;

  @TempDir Path directory;

  private static ByteBuffer header() {
    ByteBuffer image = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
    image.putLong(8, 0x20_0000);
    image.putLong(16, 30 * MIB);
    image.putInt(32, 2);
    image.putLong(48, 0x56_4353_4952L);
    image.putInt(56, 0x0543_5352);
    return image;
  }

  private static KernelImage image(ByteBuffer content) {
    return KernelImage.of(BootFile.of("Image", content.array()));
  }

  private static void refuses(byte[] content, String... words) {
    assertThatThrownBy(() -> KernelImage.of(BootFile.of("Image", content)))
        .isInstanceOf(KernelImageException.class)
        .hasMessageStartingWith("Image: ")
        .hasMessageContainingAll(words)
        .hasMessageNotContaining("\n");
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(content);
    }
    return packed.toByteArray();
  }

  @Test
  void readsTheHeader() throws IOException {
    Path file = directory.resolve("Image");
    Files.write(file, header().array());
    KernelImage kernel = KernelImage.open(file);
    assertThat(kernel.textOffset()).isEqualTo(0x20_0000);
    assertThat(kernel.memorySize()).isEqualTo(30 * MIB);
    assertThat(kernel.file().size()).isEqualTo(128);
  }

  @Test
  void decompressesGzip() throws IOException {
    KernelImage kernel = KernelImage.of(BootFile.of("Image", gzip(header().array())));
    assertThat(kernel.file().size()).isEqualTo(128);
  }

  @Test
  void saysWhatIsWrong() throws IOException {
    refuses(new byte[0], "0 bytes are too few");
    refuses(new byte[64], "not a RISC-V Linux Image", "something else");
    refuses(ByteBuffer.allocate(64).put(new byte[] {0x7f, 'E', 'L', 'F'}).array(), "ELF");
    refuses(
        ByteBuffer.allocate(64).put(new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z'}).array(), "xz");
    refuses(
        ByteBuffer.allocate(64).put(new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd}).array(),
        "zstd");
    refuses(ByteBuffer.allocate(64).put("MZ\0\0zimg".getBytes("US-ASCII")).array(), "zboot");
    refuses(
        ByteBuffer.allocate(64)
            .put(56, (byte) 'A')
            .put(57, (byte) 'R')
            .put(58, (byte) 'M')
            .put(59, (byte) 0x64)
            .array(),
        "arm64");
    refuses(header().putLong(24, 1).array(), "big-endian");
    refuses(header().putInt(32, 0x10000).array(), "header version 1.0");
    refuses(header().putLong(8, -1).array(), "text offset");
    refuses(header().putLong(16, 1L << 40).array(), "image size");
    byte[] truncated = gzip(new byte[100_000]);
    refuses(Arrays.copyOf(truncated, truncated.length / 2), "damaged gzip");
    refuses(gzip(gzip(header().array())), "twice");
  }

  @Test
  void noticesThatItWasCutShort() {
    ByteBuffer image = ByteBuffer.allocate(1000).order(ByteOrder.LITTLE_ENDIAN);
    image.put(0, header().array());
    image.put(0, (byte) 'M').put(1, (byte) 'Z');
    image.putInt(60, 64);
    image.putInt(64, 0x4550);
    image.putShort(70, (short) 1); // one section, no optional header
    image.putInt(64 + 24 + 16, 600); // its size and offset in the file
    image.putInt(64 + 24 + 20, 400);
    assertThat(image(image).file().size()).isEqualTo(1000);
    refuses(Arrays.copyOf(image.array(), 999), "truncated: 999 of 1000 bytes");
    refuses(Arrays.copyOf(image.array(), 100), "truncated: 100 of 128 bytes");
  }

  @Test
  void randomHeadersAreAcceptedOrRefusedWithAMessage() {
    long seed = 42;
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      ByteBuffer content = header();
      for (int flips = random.nextInt(6); flips > 0; flips--) {
        content.put(random.nextInt(64), (byte) random.nextInt());
      }
      try {
        KernelImage kernel = image(content);
        assertThat(kernel.memorySize()).as("seed %d", seed).isBetween(128L, 1L << 30);
      } catch (KernelImageException e) {
        assertThat(e).as("seed %d", seed).hasMessageStartingWith("Image: ");
      }
    }
  }

  @Test
  void layoutIsAlignedAndDisjoint() {
    BootLayout layout = BootLayout.of(BASE, 64 * MIB, image(header()), 1_000_001, 5000);
    assertThat(layout.kernel()).isEqualTo(BASE + 0x20_0000);
    assertThat(layout.initialRamDisk())
        .isGreaterThanOrEqualTo(layout.kernel() + 30 * MIB)
        .matches(address -> address % 4096 == 0);
    assertThat(layout.initialRamDiskEnd()).isEqualTo(layout.initialRamDisk() + 1_000_001);
    assertThat(layout.deviceTree())
        .isGreaterThanOrEqualTo(layout.initialRamDiskEnd())
        .matches(address -> address % 8 == 0);
    assertThat(layout.end()).isEqualTo(layout.deviceTree() + 5000);
  }

  @Test
  void layoutRefusesWhatDoesNotFit() {
    assertThatThrownBy(() -> BootLayout.of(BASE, 64 * MIB, image(header()), 40 * MIB, 5000))
        .isInstanceOf(KernelImageException.class)
        .hasMessageContainingAll("64 MiB", "30.0 MiB", "40.0 MiB");
    assertThatThrownBy(
            () -> BootLayout.of(BASE, 64 * MIB, image(header()), Long.MAX_VALUE - 1, 5000))
        .isInstanceOf(KernelImageException.class);
    assertThatThrownBy(() -> BootLayout.of(BASE, 64 * MIB, image(header()), 0, 3 * MIB))
        .isInstanceOf(KernelImageException.class)
        .hasMessageContaining("device tree");
  }
}
