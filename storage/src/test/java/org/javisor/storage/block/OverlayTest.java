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
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverlayTest {

  private static final int CLUSTER = 1 << 16;
  private static final int PAGE = 4096;

  @TempDir Path folder;

  private final FixedDisk base = FixedDisk.random(8 * CLUSTER, 1);

  private static byte[] read(BlockDevice device, long offset, int length) throws IOException {
    byte[] bytes = new byte[length];
    device.read(offset, ByteBuffer.wrap(bytes));
    return bytes;
  }

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  @Test
  void anotherBaseIsRefusedAndBothAreNamed() throws IOException {
    Path file = folder.resolve("o");
    Overlay.create(file, base, "sha256:aaaa", base.size()).close();
    assertThatThrownBy(() -> Overlay.open(file, base, "sha256:bbbb"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("sha256:aaaa")
        .hasMessageContaining("sha256:bbbb");
    assertThatThrownBy(() -> Overlay.open(file, FixedDisk.random(CLUSTER, 1), "sha256:aaaa"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(Long.toString(base.size()));
    Overlay.open(file, base, "sha256:aaaa").close();
  }

  @Test
  void whatIsNoOverlayIsRefused() throws IOException {
    Path file = folder.resolve("o");
    Files.write(file, new byte[3 * CLUSTER]);
    assertThatThrownBy(() -> Overlay.open(file, base, "x"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not an overlay");
    Files.delete(file);
    Overlay.create(file, base, "x", base.size()).close();
    byte[] bytes = Files.readAllBytes(file);
    bytes[20] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(() -> Overlay.open(file, base, "x"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("damaged");
  }

  @Test
  void aMapThatPointsNowhereOrTwiceToTheSamePlaceIsRefused() throws IOException {
    MemoryMedium medium = new MemoryMedium();
    Overlay overlay = Overlay.create(medium, base, "x", base.size());
    overlay.write(0, ByteBuffer.wrap(filled(2 * CLUSTER, 7)));
    overlay.flush();
    ByteBuffer pointer = ByteBuffer.allocate(8).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    medium.read(CLUSTER, pointer);
    long leaf = pointer.getLong(0);
    ByteBuffer entry = ByteBuffer.allocate(8);
    medium.read(leaf * CLUSTER, entry);
    medium.write(leaf * CLUSTER + 8, entry.flip());
    assertThatThrownBy(() -> Overlay.open(medium, base, "x", "o"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("twice");
    medium.write(CLUSTER, pointer.putLong(0, 1 << 20).clear());
    assertThatThrownBy(() -> Overlay.open(medium, base, "x", "o"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("outside");
  }

  @Test
  void aDiskInUseIsNotOpenedTwice() throws IOException {
    Path file = folder.resolve("o");
    try (Overlay _ = Overlay.create(file, base, "x", base.size())) {
      assertThatThrownBy(() -> Overlay.open(file, base, "x"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("in use");
    }
    Overlay.open(file, base, "x").close();
  }

  @Test
  void theDiskIsLargerThanItsBaseAndGrows() throws IOException {
    Path file = folder.resolve("o");
    try (Overlay overlay = Overlay.create(file, base, "x", 4L << 30)) {
      assertThat(read(overlay, base.size() - 10, 30))
          .isEqualTo(Arrays.copyOfRange(base.bytes(), 8 * CLUSTER - 10, 8 * CLUSTER + 20));
      overlay.write((4L << 30) - 5, ByteBuffer.wrap(filled(5, 9)));
      overlay.grow(5L << 30);
      assertThat(read(overlay, (4L << 30) - 5, 8)).isEqualTo(Arrays.copyOf(filled(5, 9), 8));
      assertThatThrownBy(() -> overlay.grow(1 << 20)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> read(overlay, (5L << 30) - 1, 2))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
    try (Overlay overlay = Overlay.open(file, base, "x")) {
      assertThat(overlay.size()).isEqualTo(5L << 30);
      assertThat(read(overlay, (4L << 30) - 5, 8)).isEqualTo(Arrays.copyOf(filled(5, 9), 8));
    }
  }

  @Test
  void zeroesAndDiscardsCostNothing() throws IOException {
    try (Overlay overlay = Overlay.anonymous(folder, base, 16L << 40)) {
      long empty = overlay.allocatedBytes();
      overlay.writeZeroes(0, 16L << 40);
      overlay.discard(0, 16L << 40);
      assertThat(read(overlay, 0, 8 * CLUSTER)).isEqualTo(new byte[8 * CLUSTER]);
      assertThat(overlay.allocatedBytes()).isEqualTo(empty);
    }
  }

  @Test
  void discardedSpaceIsUsedAgain() throws IOException {
    MemoryMedium medium = new MemoryMedium();
    Overlay overlay = Overlay.create(medium, base, "x", 1 << 30);
    for (int round = 0; round < 20; round++) {
      overlay.write(round * 16L * CLUSTER, ByteBuffer.wrap(filled(16 * CLUSTER, round)));
      overlay.flush();
      overlay.discard(round * 16L * CLUSTER, 16 * CLUSTER);
      overlay.flush();
    }
    assertThat(medium.size()).isLessThan(40 * CLUSTER);
  }

  @Test
  void aGuestThatNeverFlushesDoesNotGrowTheFileWithoutBound() throws IOException {
    Path file = folder.resolve("o");
    try (Overlay overlay = Overlay.create(file, base, "x", 1 << 30)) {
      for (int round = 0; round < 5000; round++) {
        long offset = (round % 5000L) * CLUSTER;
        overlay.write(offset, ByteBuffer.wrap(filled(PAGE, round)));
        overlay.discard(offset, CLUSTER);
      }
      assertThat(Files.size(file)).isLessThan(1500L * CLUSTER);
    }
  }

  @Test
  void aFullHostIsAnErrorAndNothingElse() throws IOException {
    MemoryMedium medium = new MemoryMedium();
    Overlay overlay = Overlay.create(medium, base, "x", base.size());
    overlay.write(0, ByteBuffer.wrap(filled(PAGE, 1)));
    overlay.flush();
    for (int left = 0; left < 4; left++) {
      medium.writesLeft = left;
      int from = left * CLUSTER;
      assertThatThrownBy(
              () -> {
                overlay.write(from + 100, ByteBuffer.wrap(filled(PAGE, 2)));
                overlay.write(from + 2 * CLUSTER + 100, ByteBuffer.wrap(filled(PAGE, 2)));
                overlay.flush();
              })
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no space");
    }
    medium.writesLeft = Integer.MAX_VALUE;
    overlay.flush();
    overlay.write(7 * CLUSTER, ByteBuffer.wrap(filled(PAGE, 3)));
    overlay.flush();
    Overlay again = Overlay.open(medium, base, "x", "o");
    assertThat(read(again, 0, 100)).isEqualTo(filled(100, 1));
    assertThat(read(again, 7 * CLUSTER, PAGE)).isEqualTo(filled(PAGE, 3));
    assertThat(read(again, 0, 8 * CLUSTER)).isEqualTo(read(overlay, 0, 8 * CLUSTER));
  }

  @Test
  void afterAFailedSyncNothingIsAcknowledgedAnyMore() throws IOException {
    MemoryMedium medium = new MemoryMedium();
    Overlay overlay = Overlay.create(medium, base, "x", base.size());
    overlay.write(0, ByteBuffer.wrap(filled(PAGE, 1)));
    medium.syncFails = true;
    assertThatThrownBy(overlay::flush).isInstanceOf(IOException.class);
    medium.syncFails = false;
    assertThatThrownBy(overlay::flush).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> overlay.write(0, ByteBuffer.allocate(1)))
        .isInstanceOf(IOException.class);
    assertThat(read(overlay, 0, PAGE)).isEqualTo(filled(PAGE, 1));
  }

  /** Each thread owns every fourth sector, so pages and clusters are shared by all. */
  @Test
  void severalThreadsWriteDiscardAndFlushAtOnce() throws Exception {
    int threads = 4;
    int sectors = 8 * CLUSTER / 512;
    Path file = folder.resolve("o");
    byte[] expected = new byte[12 * CLUSTER];
    System.arraycopy(base.bytes(), 0, expected, 0, 8 * CLUSTER);
    try (Overlay overlay = Overlay.create(file, base, "x", 12 * CLUSTER);
        var executor = Executors.newFixedThreadPool(threads)) {
      List<Callable<Object>> work = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int own = t;
        work.add(
            () -> {
              Random random = new Random(own);
              for (int i = 0; i < 1500; i++) {
                int sector = random.nextInt(sectors / threads) * threads + own;
                byte[] bytes = filled(512, random.nextInt(256));
                overlay.write(sector * 512L, ByteBuffer.wrap(bytes));
                System.arraycopy(bytes, 0, expected, sector * 512, 512);
                // Clusters 8 to 11 belong to one thread each, and come and go.
                overlay.write((8L + own) * CLUSTER + PAGE, ByteBuffer.wrap(filled(PAGE, i)));
                assertThat(read(overlay, (8L + own) * CLUSTER + PAGE, PAGE))
                    .isEqualTo(filled(PAGE, i));
                overlay.discard((8L + own) * CLUSTER, CLUSTER);
                if (i % 50 == 0) {
                  overlay.flush();
                }
                assertThat(read(overlay, sector * 512L, 512)).isEqualTo(bytes);
              }
              return null;
            });
      }
      for (Future<Object> done : executor.invokeAll(work)) {
        done.get();
      }
      assertThat(read(overlay, 0, expected.length)).isEqualTo(expected);
    }
    try (Overlay overlay = Overlay.open(file, base, "x")) {
      assertThat(read(overlay, 0, expected.length)).isEqualTo(expected);
    }
  }

  @Test
  void anInterruptedThreadDoesNotCloseTheDisk() throws IOException {
    for (BlockDevice device :
        List.of(
            Overlay.create(folder.resolve("o"), base, "x", base.size()),
            Overlay.anonymous(folder, base, base.size()),
            RawFile.create(folder.resolve("r"), 1 << 20))) {
      Thread.currentThread().interrupt();
      device.write(0, ByteBuffer.wrap(filled(PAGE, 1)));
      device.flush();
      assertThat(Thread.interrupted()).isTrue();
      assertThat(read(device, 0, PAGE)).isEqualTo(filled(PAGE, 1));
      device.close();
    }
  }
}
