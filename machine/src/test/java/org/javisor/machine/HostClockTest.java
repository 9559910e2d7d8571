package org.javisor.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HostClockTest {
  @Test
  void standsStillWhileStopped() {
    try (HostClock clock = new HostClock()) {
      assertThat(clock.nanos()).isZero();
      clock.start();
      while (clock.nanos() < 1_000_000) {
        Thread.onSpinWait();
      }
      clock.stop();
      long stopped = clock.nanos();
      long hostTime = System.nanoTime();
      while (System.nanoTime() - hostTime < 2_000_000) {
        Thread.onSpinWait();
      }
      assertThat(clock.nanos()).isEqualTo(stopped);
      clock.start();
      assertThat(clock.nanos()).isGreaterThanOrEqualTo(stopped);
    }
  }

  @Test
  void firesInOrderOfDeadlineAndNotWhileStopped() throws InterruptedException {
    BlockingQueue<String> fired = new LinkedBlockingQueue<>();
    try (HostClock clock = new HostClock()) {
      clock.timer(() -> fired.add("late")).arm(20_000_000);
      clock.timer(() -> fired.add("early")).arm(1_000_000);
      Timer never = clock.timer(() -> fired.add("never"));
      never.arm(2_000_000);
      never.disarm();
      assertThat(fired).isEmpty();
      clock.start();
      assertThat(fired.poll(30, TimeUnit.SECONDS)).isEqualTo("early");
      assertThat(fired.poll(30, TimeUnit.SECONDS)).isEqualTo("late");
      assertThat(clock.nanos()).isGreaterThanOrEqualTo(20_000_000);
      assertThat(fired).isEmpty();
    }
  }

  @Test
  void aPassedDeadlineFiresAtOnce() throws InterruptedException {
    BlockingQueue<String> fired = new LinkedBlockingQueue<>();
    try (HostClock clock = new HostClock()) {
      clock.start();
      clock.timer(() -> fired.add("now")).arm(-5);
      assertThat(fired.poll(30, TimeUnit.SECONDS)).isEqualTo("now");
    }
  }

  @Test
  void keepsItsTimeInSavedState() {
    try (HostClock clock = new HostClock();
        HostClock other = new HostClock()) {
      other.restore(new ClockState(123_456));
      assertThat(other.save()).isEqualTo(new ClockState(123_456));
      other.start();
      assertThat(other.nanos()).isGreaterThanOrEqualTo(123_456);
      assertThat(clock.save().nanos()).isZero();
    }
  }
}
