package org.javisor.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuestMemoryTest {
  private static final long BASE = 0x8000_0000L;
  private static final long SIZE = 64L << 20;

  @Test
  void holdsLittleEndianValuesAtAnyAlignment() {
    try (GuestMemory memory = GuestMemory.allocate(BASE, SIZE)) {
      memory.putLong(BASE + 3, 0x1122334455667788L);
      assertThat(memory.getByte(BASE + 3)).isEqualTo((byte) 0x88);
      assertThat(memory.getShort(BASE + 4)).isEqualTo((short) 0x6677);
      assertThat(memory.getInt(BASE + 7)).isEqualTo(0x11223344);
      assertThat(memory.getLong(BASE + SIZE - 8)).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(
      longs = {0, BASE - 1, BASE + SIZE - 7, BASE + SIZE, -1, Long.MIN_VALUE, Long.MAX_VALUE})
  void refusesAccessesThatAreNotWhollyInside(long gpa) {
    try (GuestMemory memory = GuestMemory.allocate(BASE, SIZE)) {
      assertThatThrownBy(() -> memory.getLong(gpa)).isInstanceOf(GuestAddressException.class);
      assertThatThrownBy(() -> memory.putLong(gpa, 1)).isInstanceOf(GuestAddressException.class);
      assertThatThrownBy(() -> memory.read(gpa, new byte[8], 0, 8))
          .isInstanceOf(GuestAddressException.class);
      assertThatThrownBy(() -> memory.write(gpa, new byte[8], 0, 8))
          .isInstanceOf(GuestAddressException.class);
      assertThatThrownBy(() -> memory.segment(gpa, 8)).isInstanceOf(GuestAddressException.class);
      assertThat(memory.contains(BASE, Long.MAX_VALUE)).isFalse();
      assertThat(memory.contains(BASE, -1)).isFalse();
    }
  }

  @Test
  void sixteenGibibytesCostNothingUntilTouched() {
    try (GuestMemory memory = GuestMemory.allocate(BASE, 16L << 30)) {
      memory.putLong(BASE + (16L << 30) - 8, 42);
      assertThat(memory.getLong(BASE + (16L << 30) - 8)).isEqualTo(42);
    }
  }

  @Test
  void tellsWatchersOfWritesToTheirPagesOnly() {
    try (GuestMemory memory = GuestMemory.allocate(BASE, SIZE)) {
      List<Long> seen = new ArrayList<>();
      WriteWatch watch = memory.watch((gpa, length) -> seen.add(gpa));
      assertThat(watch.set(BASE + 0x2000)).isTrue();
      assertThat(watch.set(BASE + 0x2fff)).isFalse();
      assertThat(memory.watched(BASE + 0x2abc)).isTrue();

      memory.putInt(BASE + 0x1000, 1);
      memory.putInt(BASE + 0x1ffe, 2); // crosses into the watched page
      memory.write(BASE + 0x1000, new byte[0x3000], 0, 0x3000);
      assertThat(seen).containsExactly(BASE + 0x1ffe, BASE + 0x1000);

      assertThat(watch.clear(BASE + 0x2000)).isTrue();
      memory.putInt(BASE + 0x2000, 3);
      assertThat(seen).hasSize(2);
    }
  }

  @Test
  void clearZeroesEverything() {
    try (GuestMemory memory = GuestMemory.allocate(BASE, SIZE)) {
      memory.putLong(BASE + 0x123450, -1);
      memory.putByte(BASE + SIZE - 1, (byte) 7);
      memory.clear();
      assertThat(memory.getLong(BASE + 0x123450)).isZero();
      assertThat(memory.getByte(BASE + SIZE - 1)).isZero();
    }
  }
}
