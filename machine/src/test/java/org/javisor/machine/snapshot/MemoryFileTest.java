package org.javisor.machine.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.Random;
import org.javisor.machine.DirtyLog;
import org.javisor.machine.GuestMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryFileTest {
  private static final long BASE = 0x8000_0000L;
  private static final long SIZE = 8L << 20;
  private static final int PAGE = GuestMemory.PAGE_SIZE;

  @TempDir private Path folder;

  private static BitSet all() {
    BitSet all = new BitSet();
    all.set(0, (int) (SIZE / PAGE));
    return all;
  }

  private MemoryFile write(GuestMemory memory, String name) throws IOException {
    try (MemoryFileWriter writer = MemoryFileWriter.create(folder.resolve(name), memory)) {
      writer.write(all());
      return writer.finish();
    }
  }

  private static void fillAtRandom(GuestMemory memory, Random random, int pages) {
    byte[] content = new byte[PAGE];
    for (int i = 0; i < pages; i++) {
      random.nextBytes(content);
      long page = random.nextInt((int) (SIZE / PAGE));
      memory.write(BASE + page * PAGE, content, 0, PAGE);
    }
  }

  private static void assertSame(GuestMemory one, GuestMemory other) {
    assertThat(one.segment(BASE, SIZE).mismatch(other.segment(BASE, SIZE))).isEqualTo(-1);
  }

  @Test
  void memoryIsTheSameAfterItWasInAFile() throws IOException {
    try (GuestMemory memory = GuestMemory.allocate(BASE, SIZE)) {
      memory.putLong(BASE + SIZE - 8, 42);
      fillAtRandom(memory, new Random(1), 100);
      MemoryFile file = write(memory, "memory");
      file.check();
      try (GuestMemory copy = GuestMemory.map(BASE, SIZE, file.path())) {
        assertSame(copy, memory);
      }
    }
  }

  @Test
  void copiesOfAFileDoNotSeeEachOthersWrites() throws IOException {
    try (GuestMemory memory = GuestMemory.allocate(BASE, SIZE)) {
      memory.putLong(BASE + 0x5000, 1);
      MemoryFile file = write(memory, "memory");
      try (GuestMemory one = GuestMemory.map(BASE, SIZE, file.path());
          GuestMemory other = GuestMemory.map(BASE, SIZE, file.path())) {
        one.putLong(BASE + 0x5000, 2);
        one.putLong(BASE + 0x9000, 3);
        assertThat(other.getLong(BASE + 0x5000)).isEqualTo(1);
        assertThat(other.getLong(BASE + 0x9000)).isZero();
      }
      file.check();
    }
  }

  @Test
  void aFileMayBeDeletedWhileItIsMapped() throws IOException {
    try (GuestMemory memory = GuestMemory.allocate(BASE, SIZE)) {
      fillAtRandom(memory, new Random(2), 20);
      MemoryFile file = write(memory, "memory");
      try (GuestMemory copy = GuestMemory.map(BASE, SIZE, file.path())) {
        Files.delete(file.path());
        assertSame(copy, memory);
      }
    }
  }

  @Test
  void memoryIsReplacedByAFileAndItsWatchersAreTold() throws IOException {
    try (GuestMemory memory = GuestMemory.allocate(BASE, SIZE);
        GuestMemory other = GuestMemory.allocate(BASE, SIZE)) {
      fillAtRandom(memory, new Random(3), 50);
      fillAtRandom(other, new Random(4), 50);
      MemoryFile file = write(memory, "memory");
      DirtyLog log = new DirtyLog(other);
      log.collect();
      other.replaceWith(file.path());
      assertSame(other, memory);
      assertThat(log.count()).isEqualTo((int) (SIZE / PAGE));
      other.clear();
      assertThat(other.getLong(BASE + SIZE - 8)).isZero();
      file.check();
    }
  }

  @Test
  void aChainOfFilesEachWithWhatHasChangedHoldsAllOfIt() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    try (GuestMemory memory = GuestMemory.allocate(BASE, SIZE)) {
      DirtyLog log = new DirtyLog(memory);
      fillAtRandom(memory, random, 300);
      log.collect();
      MemoryFile last = write(memory, "0");
      for (int i = 1; i <= 5; i++) {
        fillAtRandom(memory, random, 40);
        memory.zero(BASE + (long) random.nextInt((int) (SIZE / PAGE)) * PAGE, PAGE);
        BitSet dirty = log.collect();
        assertThat(dirty.cardinality()).isBetween(1, 41);
        Path path = folder.resolve(Integer.toString(i));
        try (MemoryFileWriter writer = MemoryFileWriter.copy(last, dirty, path, memory)) {
          writer.write(dirty);
          assertThat(writer.bytesWritten()).isLessThanOrEqualTo(41L * PAGE);
          last = writer.finish();
        }
        last.check();
        // Each stands for itself.
        Files.delete(folder.resolve(Integer.toString(i - 1)));
        try (GuestMemory copy = GuestMemory.map(BASE, SIZE, last.path())) {
          assertThat(copy.segment(BASE, SIZE).mismatch(memory.segment(BASE, SIZE)))
              .as("file %d, seed %d", i, seed)
              .isEqualTo(-1);
        }
      }
    }
  }

  @Test
  void damageIsFoundWhereverItIs() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    try (GuestMemory memory = GuestMemory.allocate(BASE, SIZE)) {
      fillAtRandom(memory, random, 200);
      MemoryFile file = write(memory, "memory");
      for (int i = 0; i < 100; i++) {
        long at = random.nextLong(SIZE);
        flip(file.path(), at);
        assertThatThrownBy(file::check)
            .as("byte %d, seed %d", at, seed)
            .isInstanceOf(MemoryFileException.class)
            .hasMessageContaining("damaged");
        flip(file.path(), at);
        assertThatCode(file::check).doesNotThrowAnyException();
      }
    }
  }

  @Test
  void aFileOfAnotherLengthIsRefused() throws IOException {
    try (GuestMemory memory = GuestMemory.allocate(BASE, SIZE)) {
      MemoryFile file = write(memory, "memory");
      try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.WRITE)) {
        channel.truncate(SIZE - 1);
      }
      assertThatThrownBy(file::check)
          .isInstanceOf(MemoryFileException.class)
          .hasMessageContaining("8388607 bytes instead of 8388608");
      assertThatThrownBy(() -> GuestMemory.map(BASE, SIZE, file.path()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("too few");
      assertThatThrownBy(() -> memory.replaceWith(file.path())).isInstanceOf(IOException.class);
    }
  }

  @Test
  void zeroPagesTakeNoRoom() throws IOException {
    try (GuestMemory memory = GuestMemory.allocate(BASE, 1L << 30)) {
      memory.putLong(BASE + (512L << 20), 1);
      BitSet all = new BitSet();
      all.set(0, 1 << 18);
      try (MemoryFileWriter writer = MemoryFileWriter.create(folder.resolve("memory"), memory)) {
        writer.write(all);
        assertThat(writer.bytesWritten()).isEqualTo(PAGE);
        writer.finish().check();
      }
    }
  }

  private static void flip(Path file, long at) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, at);
      one.put(0, (byte) (one.get(0) ^ 0x10)).rewind();
      channel.write(one, at);
    }
  }
}
