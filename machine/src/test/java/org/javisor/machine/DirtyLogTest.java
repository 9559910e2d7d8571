package org.javisor.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class DirtyLogTest {
  private static final long BASE = 0x8000_0000L;
  private static final long SIZE = 1L << 20;
  private static final int PAGES = (int) (SIZE / GuestMemory.PAGE_SIZE);

  @Test
  void everythingIsDirtyAtFirstThenWhatIsWritten() {
    try (GuestMemory memory = GuestMemory.allocate(BASE, SIZE)) {
      DirtyLog log = new DirtyLog(memory);
      assertThat(log.count()).isEqualTo(PAGES);
      assertThat(log.collect().cardinality()).isEqualTo(PAGES);
      assertThat(log.count()).isZero();
      memory.putInt(BASE + 0x1ffe, 1);
      memory.putByte(BASE + SIZE - 1, (byte) 1);
      assertThat(log.collect()).isEqualTo(pages(1, 2, PAGES - 1));
      assertThat(log.collect()).isEqualTo(pages());
    }
  }

  @Test
  void aDirtyPageIsNoLongerWatched() {
    try (GuestMemory memory = GuestMemory.allocate(BASE, SIZE)) {
      DirtyLog log = new DirtyLog(memory);
      log.collect();
      assertThat(memory.watched(BASE)).isTrue();
      memory.putInt(BASE, 1);
      assertThat(memory.watched(BASE)).isFalse();
      log.collect();
      assertThat(memory.watched(BASE)).isTrue();
      log.close();
      assertThat(memory.watched(BASE)).isFalse();
    }
  }

  @Test
  void whatIsGivenBackIsDirtyAgain() {
    try (GuestMemory memory = GuestMemory.allocate(BASE, SIZE)) {
      DirtyLog log = new DirtyLog(memory);
      log.collect();
      memory.putInt(BASE + 0x3000, 1);
      log.giveBack(pages(0, 7));
      assertThat(log.collect()).isEqualTo(pages(0, 3, 7));
    }
  }

  @Test
  void cachedWritePermissionIsDroppedWhenPagesAreCollected() {
    try (GuestMemory memory = GuestMemory.allocate(BASE, SIZE)) {
      int[] dropped = new int[1];
      memory.onDropCachedWritePermission(() -> dropped[0]++);
      new DirtyLog(memory).collect();
      assertThat(dropped[0]).isEqualTo(1);
    }
  }

  @Test
  void logsComeAndGoWithoutEnd() {
    try (GuestMemory memory = GuestMemory.allocate(BASE, SIZE)) {
      DirtyLog stays = new DirtyLog(memory);
      stays.collect();
      for (int i = 0; i < 20; i++) {
        try (DirtyLog log = new DirtyLog(memory)) {
          log.collect();
          memory.putInt(BASE + 0x2000, i);
          assertThat(log.collect()).isEqualTo(pages(2));
        }
      }
      assertThat(stays.collect()).isEqualTo(pages(2));
    }
  }

  private static BitSet pages(int... numbers) {
    BitSet pages = new BitSet();
    for (int number : numbers) {
      pages.set(number);
    }
    return pages;
  }
}
