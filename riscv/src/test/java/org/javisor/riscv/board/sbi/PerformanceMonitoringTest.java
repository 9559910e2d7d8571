package org.javisor.riscv.board.sbi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.javisor.machine.SavedStateException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PerformanceMonitoringTest {
  private static final SbiResult INVALID = new SbiResult(-3, 0);
  private static final SbiResult NOT_SUPPORTED = new SbiResult(-2, 0);
  private static final long ALL = 0b111_1111_1101;
  private static final long SET_TIMER = 0xf_0005;
  private static final long IPI_SENT = 0xf_0006;
  private static final long IPI_RECEIVED = 0xf_0007;

  private final SbiRig rig = new SbiRig(2);

  @AfterEach
  void free() {
    rig.close();
  }

  private SbiResult pmu(long function, long... arguments) {
    return rig.call("PMU", function, arguments);
  }

  @Test
  void countersAreCycleInstretAndFirmware() {
    assertThat(pmu(0)).isEqualTo(SbiResult.of(11));
    assertThat(pmu(1, 0)).isEqualTo(SbiResult.of(63 << 12 | 0xc00));
    assertThat(pmu(1, 1)).isEqualTo(INVALID);
    assertThat(pmu(1, 2)).isEqualTo(SbiResult.of(63 << 12 | 0xc02));
    for (int counter = 3; counter < 11; counter++) {
      assertThat(pmu(1, counter).value()).isNegative();
    }
    assertThat(pmu(1, 11)).isEqualTo(INVALID);
    assertThat(pmu(1, -1)).isEqualTo(INVALID);
  }

  @Test
  void fixedEventsGoToTheirCounters() {
    assertThat(pmu(2, 0, ALL, 0, 1, 0)).isEqualTo(SbiResult.of(0));
    assertThat(pmu(2, 0, ALL, 0, 2, 0)).isEqualTo(SbiResult.of(2));
    assertThat(pmu(2, 0, ALL, 0, 2, 0)).as("taken").isEqualTo(NOT_SUPPORTED);
    assertThat(pmu(2, 0, ALL, 0, 3, 0)).as("cache references").isEqualTo(NOT_SUPPORTED);
    assertThat(pmu(2, 0, 4, 1, 2, 0)).as("skip matching").isEqualTo(SbiResult.of(2));
    assertThat(pmu(2, 0, 2, 0, 1, 0)).as("no such counter").isEqualTo(INVALID);
    assertThat(pmu(2, 0, 0, 0, 1, 0)).as("no counter").isEqualTo(INVALID);
    assertThat(pmu(2, 11, 1, 0, 1, 0)).isEqualTo(INVALID);
    assertThat(pmu(2, 0, ALL, 0x100, 1, 0)).as("reserved flag").isEqualTo(INVALID);
  }

  @Test
  void fixedCounterStartsAtAValueAndKeepsItWhileStopped() {
    RecordedHart hart = rig.harts.getFirst();
    pmu(2, 0, 1, 0, 1, 0);
    assertThat(pmu(3, 0, 1, 1, 77)).isEqualTo(SbiResult.SUCCESS);
    assertThat(hart.cycles()).isEqualTo(77);
    assertThat(pmu(3, 0, 1, 1, 77)).isEqualTo(new SbiResult(-7, 0));
    assertThat(pmu(4, 0, 1, 0)).isEqualTo(SbiResult.SUCCESS);
    hart.cycles(5000);
    assertThat(pmu(4, 0, 1, 0)).isEqualTo(new SbiResult(-8, 0));
    assertThat(pmu(3, 0, 1, 0)).isEqualTo(SbiResult.SUCCESS);
    assertThat(hart.cycles()).isEqualTo(78);
  }

  @Test
  void firmwareCountersCountWhileStarted() {
    long timer = pmu(2, 0, ALL, 0, SET_TIMER, 0).value();
    long sent = pmu(2, 0, ALL, 2 | 4, IPI_SENT, 0).value();
    long received = pmu(2, 0, ALL, 4, IPI_RECEIVED, 0).value();
    assertThat(List.of(timer, sent, received)).containsExactly(3L, 4L, 5L);
    rig.call("TIME", 0, 1);
    assertThat(pmu(5, timer)).as("not started").isEqualTo(SbiResult.of(0));
    pmu(3, timer, 1, 1, 10);
    rig.call("TIME", 0, 1);
    rig.call("TIME", 0, 1);
    rig.call("sPI", 0, 1, 0);
    assertThat(pmu(5, timer)).isEqualTo(SbiResult.of(12));
    assertThat(pmu(5, sent)).isEqualTo(SbiResult.of(1));
    assertThat(pmu(5, received)).isEqualTo(SbiResult.of(1));
    assertThat(pmu(6, received)).isEqualTo(SbiResult.SUCCESS);
    pmu(4, timer, 1, 1);
    rig.call("TIME", 0, 1);
    assertThat(pmu(5, timer)).isEqualTo(SbiResult.of(12));
    assertThat(pmu(3, timer, 1, 0)).as("its event was taken away").isEqualTo(INVALID);
    assertThat(pmu(5, 0)).isEqualTo(INVALID);
    assertThat(pmu(5, 99)).isEqualTo(INVALID);
    assertThat(pmu(2, 0, ALL, 0, 0xf_0000, 0)).as("misaligned load").isEqualTo(NOT_SUPPORTED);
  }

  @Test
  void snapshotsAreAbsent() {
    assertThat(pmu(7, SbiRig.BASE, 0, 0)).isEqualTo(NOT_SUPPORTED);
    pmu(2, 0, 1, 0, 1, 0);
    assertThat(pmu(3, 0, 1, 2)).isEqualTo(new SbiResult(-9, 0));
    assertThat(pmu(4, 0, 1, 2)).isEqualTo(new SbiResult(-9, 0));
  }

  @Test
  void stateGoesIntoAnotherInterface() {
    long timer = pmu(2, 0, ALL, 4, SET_TIMER, 0).value();
    rig.call("TIME", 0, 1);
    try (SbiRig other = new SbiRig(2)) {
      other.sbi.restore(rig.sbi.save());
      other.call("TIME", 0, 1);
      assertThat(other.call("PMU", 5, timer)).isEqualTo(SbiResult.of(2));
      other.sbi.reset();
      assertThat(other.call("PMU", 5, timer)).isEqualTo(SbiResult.of(0));
    }
    try (SbiRig other = new SbiRig(3)) {
      SbiState state = rig.sbi.save();
      assertThatThrownBy(() -> other.sbi.restore(state)).isInstanceOf(SavedStateException.class);
    }
  }
}
