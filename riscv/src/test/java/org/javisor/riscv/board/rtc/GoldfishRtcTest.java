package org.javisor.riscv.board.rtc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GoldfishRtcTest {
  private static final int TIME_LOW = 0x00;
  private static final int TIME_HIGH = 0x04;
  private static final int ALARM_LOW = 0x08;
  private static final int ALARM_HIGH = 0x0c;
  private static final int INTERRUPT_ENABLED = 0x10;
  private static final int CLEAR_ALARM = 0x14;
  private static final int ALARM_STATUS = 0x18;
  private static final int CLEAR_INTERRUPT = 0x1c;

  private final ManualClock clock = new ManualClock();
  private boolean interrupt;
  private final GoldfishRtc rtc =
      new GoldfishRtc(new GoldfishRtcConfiguration("rtc"), clock, level -> interrupt = level);

  private long time() {
    long low = rtc.read(TIME_LOW, 4) & 0xffff_ffffL;
    return rtc.read(TIME_HIGH, 4) << 32 | low;
  }

  private void write(int low, long value) {
    rtc.write(low + 4, 4, value >>> 32);
    rtc.write(low, 4, value);
  }

  @Test
  void showsWallClockTime() {
    assertThat(time()).isEqualTo(ManualClock.EPOCH_NANOS);
    clock.advance(1_000_000_007L);
    assertThat(time()).isEqualTo(ManualClock.EPOCH_NANOS + 1_000_000_007L);
  }

  @Test
  void lowHalfLatchesTheHighHalf() {
    long low = rtc.read(TIME_LOW, 4) & 0xffff_ffffL;
    clock.advance(1L << 33);
    assertThat(rtc.read(TIME_HIGH, 4) << 32 | low).isEqualTo(ManualClock.EPOCH_NANOS);
  }

  @Test
  void guestSetsTheTime() {
    write(TIME_LOW, 5_000_000_000L);
    clock.advance(1);
    assertThat(time()).isEqualTo(5_000_000_001L);
    rtc.reset();
    assertThat(time()).as("the battery keeps it").isEqualTo(5_000_000_001L);
  }

  @Test
  void alarmInterruptsOnceUntilCleared() {
    rtc.write(INTERRUPT_ENABLED, 4, 1);
    write(ALARM_LOW, ManualClock.EPOCH_NANOS + 1000);
    assertThat(rtc.read(ALARM_STATUS, 4)).isEqualTo(1);
    clock.advance(999);
    assertThat(interrupt).isFalse();
    clock.advance(1);
    assertThat(interrupt).isTrue();
    assertThat(rtc.read(ALARM_STATUS, 4)).isZero();
    rtc.write(CLEAR_INTERRUPT, 4, 1);
    assertThat(interrupt).isFalse();
    assertThat(rtc.metrics().alarms()).isEqualTo(1);
  }

  @Test
  void alarmInThePastComesAtOnceAndAClearedOneNever() {
    rtc.write(INTERRUPT_ENABLED, 4, 1);
    write(ALARM_LOW, 1);
    assertThat(interrupt).isTrue();
    rtc.write(CLEAR_INTERRUPT, 4, 1);
    write(ALARM_LOW, ManualClock.EPOCH_NANOS + 1000);
    rtc.write(CLEAR_ALARM, 4, 1);
    clock.advance(2000);
    assertThat(interrupt).isFalse();
  }

  @Test
  void maskedAlarmIsSeenWhenUnmasked() {
    write(ALARM_LOW, 1);
    assertThat(interrupt).isFalse();
    rtc.write(INTERRUPT_ENABLED, 4, 1);
    assertThat(interrupt).isTrue();
  }

  @Test
  void alarmWaitsWhilePaused() {
    rtc.write(INTERRUPT_ENABLED, 4, 1);
    write(ALARM_LOW, ManualClock.EPOCH_NANOS + 1000);
    rtc.pause();
    clock.advance(2000);
    assertThat(interrupt).isFalse();
    rtc.resume();
    assertThat(interrupt).isTrue();
  }

  @Test
  void stateGoesIntoAnotherClock() {
    write(TIME_LOW, 5_000_000_000L);
    rtc.write(INTERRUPT_ENABLED, 4, 1);
    write(ALARM_LOW, 5_000_001_000L);
    boolean[] level = new boolean[1];
    GoldfishRtc other =
        new GoldfishRtc(
            new GoldfishRtcConfiguration("rtc"), clock, asserted -> level[0] = asserted);
    other.restore(rtc.save());
    assertThat(other.read(TIME_LOW, 4) & 0xffff_ffffL).isEqualTo(5_000_000_000L & 0xffff_ffffL);
    assertThat(other.read(ALARM_HIGH, 4)).isEqualTo(1);
    clock.advance(1000);
    assertThat(level[0]).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void hostileAccessesDoNotThrow(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      int size = 1 << random.nextInt(4);
      long offset = random.nextBoolean() ? random.nextInt(8) * 4L : random.nextInt(0x1000);
      if (random.nextBoolean()) {
        rtc.write(offset, size, random.nextLong());
      } else {
        rtc.read(offset, size);
      }
      if (random.nextInt(8) == 0) {
        clock.advance(random.nextInt(1 << 30));
      }
    }
  }
}
