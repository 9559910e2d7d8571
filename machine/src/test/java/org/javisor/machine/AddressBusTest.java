package org.javisor.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AddressBusTest {
  /** Answers reads with the offset, and remembers the last write. */
  private static final class Register implements MmioHandler {
    long lastOffset;
    long lastValue;

    @Override
    public long read(long offset, int size) {
      return 0xffff_ffff_ffff_ff00L | offset;
    }

    @Override
    public void write(long offset, int size, long value) {
      lastOffset = offset;
      lastValue = value;
    }
  }

  @Test
  void routesByAddressAndCutsToTheAccessSize() {
    AddressBus bus = new AddressBus();
    Register low = new Register();
    Register high = new Register();
    bus.map("high", 0x2000, 0x100, high);
    bus.map("low", 0x1000, 0x100, low);

    assertThat(bus.read(0x1010, 1)).isEqualTo(0x10);
    assertThat(bus.read(0x2020, 4)).isEqualTo(0xffff_ff20L);
    bus.write(0x20fc, 4, -1);
    assertThat(high.lastOffset).isEqualTo(0xfc);
    assertThat(high.lastValue).isEqualTo(0xffff_ffffL);
    assertThat(low.lastValue).isZero();
  }

  @Test
  void nothingAnswersOutsideOrAcrossTheEndOfARange() {
    AddressBus bus = new AddressBus();
    bus.map("device", 0x1000, 0x100, new Register());
    for (long gpa : new long[] {0, 0xfff, 0x10fd, 0x1100, -1, Long.MAX_VALUE}) {
      assertThatThrownBy(() -> bus.read(gpa, 4)).isInstanceOf(BusErrorException.class);
    }
  }

  @Test
  void refusesOverlappingAndUnacceptableRanges() {
    AddressBus bus = new AddressBus();
    bus.map("first", 0x1000, 0x100, new Register());
    assertThatThrownBy(() -> bus.map("second", 0x10ff, 1, new Register()))
        .hasMessageContaining("second overlaps first");
    assertThatThrownBy(() -> bus.map("empty", 0x3000, 0, new Register()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> bus.map("wraps", Long.MAX_VALUE, 2, new Register()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
