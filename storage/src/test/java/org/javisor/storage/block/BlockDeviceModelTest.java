package org.javisor.storage.block;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random requests, against an array of bytes. */
class BlockDeviceModelTest {

  private static final int SIZE = (3 << 16) + 5 * 512;
  private static final int BASE = (2 << 16) - 3 * 512;
  private static final int REQUESTS = 600;

  @TempDir Path folder;

  private interface Reopen {
    BlockDevice again() throws IOException;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void rawFile(long seed) throws IOException {
    Path file = folder.resolve("raw");
    RawFile.create(file, SIZE).close();
    compare(RawFile.open(file, false), () -> RawFile.open(file, false), new byte[SIZE], seed);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void overlay(long seed) throws IOException {
    Path file = folder.resolve("overlay");
    FixedDisk base = FixedDisk.random(BASE, seed);
    compare(
        Overlay.create(file, base, "base", SIZE),
        () -> Overlay.open(file, base, "base"),
        Arrays.copyOf(base.bytes(), SIZE),
        seed);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void anonymousOverlay(long seed) throws IOException {
    FixedDisk base = FixedDisk.random(BASE, seed);
    compare(Overlay.anonymous(folder, base, SIZE), null, Arrays.copyOf(base.bytes(), SIZE), seed);
    try (var files = Files.list(folder)) {
      assertThat(files).as("files left behind").isEmpty();
    }
  }

  private static void compare(BlockDevice first, Reopen reopen, byte[] model, long seed)
      throws IOException {
    Random random = new Random(seed);
    BlockDevice device = first;
    assertThat(device.size()).isEqualTo(SIZE);
    for (int i = 0; i < REQUESTS; i++) {
      int granularity = new int[] {1, 512, 4096}[random.nextInt(3)];
      int offset = random.nextInt(SIZE) / granularity * granularity;
      int length =
          Math.min(SIZE - offset, random.nextInt(random.nextBoolean() ? 8192 : 100_000))
              / granularity
              * granularity;
      String request = "seed " + seed + " request " + i;
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> {
          byte[] bytes = new byte[length];
          random.nextBytes(bytes);
          ByteBuffer source = ByteBuffer.wrap(bytes);
          device.write(offset, random.nextBoolean() ? source : source.asReadOnlyBuffer());
          assertThat(source.limit()).isEqualTo(length);
          System.arraycopy(bytes, 0, model, offset, length);
        }
        case 3 -> {
          device.writeZeroes(offset, length);
          Arrays.fill(model, offset, offset + length, (byte) 0);
        }
        case 4 -> {
          device.discard(offset, length);
          byte[] now = read(device, offset, length);
          for (int j = 0; j < length; j++) {
            if (now[j] != 0) {
              assertThat(now[j]).as(request).isEqualTo(model[offset + j]);
            }
          }
          System.arraycopy(now, 0, model, offset, length);
        }
        case 5 -> device.flush();
        case 6 -> {
          if (reopen != null && random.nextInt(4) == 0) {
            device.close();
            device = reopen.again();
          }
        }
        default -> {}
      }
      assertThat(read(device, offset, length))
          .as(request)
          .isEqualTo(Arrays.copyOfRange(model, offset, offset + length));
    }
    assertThat(read(device, 0, SIZE)).as("seed " + seed).isEqualTo(model);
    device.close();
  }

  private static byte[] read(BlockDevice device, int offset, int length) throws IOException {
    ByteBuffer destination = ByteBuffer.allocateDirect(length + 2).position(1).limit(length + 1);
    device.read(offset, destination);
    assertThat(destination.hasRemaining()).isFalse();
    byte[] bytes = new byte[length];
    destination.get(1, bytes);
    return bytes;
  }
}
