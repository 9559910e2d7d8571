package org.javisor.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class MemoryHandOverTest {
  private static final long BASE = 0x8000_0000L;
  private static final int PAGES = 512;
  private static final long SIZE = (long) PAGES * GuestMemory.PAGE_SIZE;

  @TempDir Path folder;

  @Test
  void theNextOwnerHasWhatWasWrittenAndWritesToTheSame() throws IOException {
    GuestMemory memory = GuestMemory.allocate(BASE, SIZE);
    memory.putLong(BASE + 0x3008, 42);
    try (GuestMemory next = GuestMemory.takeOver(BASE, SIZE, memory.handOver())) {
      assertThat(next.getLong(BASE + 0x3008)).isEqualTo(42);
      assertThat(next.getLong(BASE + 0x4008)).isZero();
      next.putLong(BASE + 0x4008, 43);
      // One that is given back goes on with it.
      assertThat(memory.getLong(BASE + 0x4008)).isEqualTo(43);
      memory.close();
      assertThat(next.getLong(BASE + 0x3008)).isEqualTo(42);
      try (GuestMemory third = GuestMemory.takeOver(BASE, SIZE, next.handOver())) {
        assertThat(third.getLong(BASE + 0x4008)).isEqualTo(43);
      }
    }
  }

  @Test
  void pagesGivenBackAreZeroesForBoth() throws IOException {
    try (GuestMemory memory = GuestMemory.allocate(BASE, SIZE);
        GuestMemory next = GuestMemory.takeOver(BASE, SIZE, memory.handOver())) {
      memory.putLong(BASE + 0x3008, 42);
      memory.putLong(BASE + 0x5008, 42);
      assertThat(memory.discard(BASE + 0x3000, GuestMemory.PAGE_SIZE)).isTrue();
      assertThat(next.getLong(BASE + 0x3008)).isZero();
      assertThat(next.getLong(BASE + 0x5008)).isEqualTo(42);
      assertThat(pagesTaken(memory).get(5)).isTrue();
      next.clear();
      assertThat(pagesTaken(memory).isEmpty()).isTrue();
    }
  }

  @Test
  void aCopyOfAFileIsHandedOverWithItsChangesThoughTheFileIsDeleted() throws IOException {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    byte[] content = new byte[(int) SIZE];
    random.nextBytes(content);
    Path file = Files.write(folder.resolve("memory"), content);
    try (GuestMemory memory = GuestMemory.map(BASE, SIZE, file)) {
      Files.delete(file);
      for (int i = 0; i < 200; i++) {
        int at = random.nextInt((int) SIZE - 8) & ~7;
        memory.putByte(BASE + at, (byte) 7);
        content[at] = 7;
      }
      memory.zero(BASE + 0x6000, GuestMemory.PAGE_SIZE);
      Arrays.fill(content, 0x6000, 0x7000, (byte) 0);
      assertThat(memory.file()).isEmpty();
      try (GuestMemory next = GuestMemory.takeOver(BASE, SIZE, memory.handOver())) {
        assertThat(next.image()).isPresent();
        assertContent(next, content);
        next.putByte(BASE + 9, (byte) 1);
        content[9] = 1;
        try (GuestMemory third = GuestMemory.takeOver(BASE, SIZE, next.handOver())) {
          assertContent(third, content);
        }
      }
      // What the next owner did with its copy is not in ours.
      content[9] = memory.getByte(BASE + 9);
      assertContent(memory, content);
    }
  }

  @Test
  void memoryThatGoesBackToAFileAndIsThenClearedIsHandedOverAsItIs() throws IOException {
    byte[] content = new byte[(int) SIZE];
    content[0x1234] = 5;
    Path file = Files.write(folder.resolve("memory"), content);
    try (GuestMemory memory = GuestMemory.allocate(BASE, SIZE)) {
      memory.putLong(BASE + 0x8000, -1);
      memory.replaceWith(file);
      memory.putByte(BASE + 0x2345, (byte) 6);
      content[0x2345] = 6;
      try (GuestMemory next = GuestMemory.takeOver(BASE, SIZE, memory.handOver())) {
        assertContent(next, content);
        next.clear();
        assertContent(next, new byte[(int) SIZE]);
        next.putByte(BASE + 1, (byte) 3);
        try (GuestMemory third = GuestMemory.takeOver(BASE, SIZE, next.handOver())) {
          assertThat(third.getByte(BASE + 1)).isEqualTo((byte) 3);
        }
      }
      memory.clear();
      assertContent(memory, new byte[(int) SIZE]);
      assertThat(memory.handOver()).isInstanceOf(MemoryHandOver.Whole.class);
    }
  }

  @Test
  void memoryOfAnotherSizeOrOfNobodyIsRefused() throws IOException {
    MemoryHandOver gone;
    try (GuestMemory memory = GuestMemory.allocate(BASE, SIZE)) {
      gone = memory.handOver();
      assertThatThrownBy(() -> GuestMemory.takeOver(BASE, SIZE * 2, gone))
          .isInstanceOf(IOException.class);
    }
    assertThatThrownBy(() -> GuestMemory.takeOver(BASE, SIZE, gone))
        .isInstanceOf(IOException.class);
  }

  private static BitSet pagesTaken(GuestMemory memory) {
    return Objects.requireNonNull(DataExtents.pages(memory.file().orElseThrow(), SIZE));
  }

  private static void assertContent(GuestMemory memory, byte[] content) {
    byte[] found = new byte[content.length];
    memory.read(memory.base(), found, 0, found.length);
    assertThat(found).isEqualTo(content);
  }
}
