package org.javisor.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
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

  @Test
  void hoursThatPassWhileItIsStoppedAreNotTheGuests() throws InterruptedException {
    AtomicLong nanos = new AtomicLong(17);
    AtomicReference<Instant> wall = new AtomicReference<>(Instant.ofEpochSecond(1_000_000));
    BlockingQueue<Long> fired = new LinkedBlockingQueue<>();
    try (HostClock clock = new HostClock(nanos::get, wall::get);
        HostClock later = new HostClock(nanos::get, wall::get)) {
      clock.start();
      nanos.addAndGet(5_000);
      clock.stop();
      nanos.addAndGet(Duration.ofHours(1).toNanos());
      wall.set(wall.get().plus(Duration.ofHours(1)));
      assertThat(clock.nanos()).isEqualTo(5_000);
      clock.start();
      assertThat(clock.nanos()).isEqualTo(5_000);
      assertThat(clock.wallTime()).isEqualTo(Instant.ofEpochSecond(1_003_600));
      clock.stop();

      ClockState saved = clock.save();
      nanos.addAndGet(Duration.ofHours(10).toNanos());
      later.restore(saved);
      later.timer(() -> fired.add(later.nanos())).arm(6_000);
      later.start();
      assertThat(later.nanos()).isEqualTo(5_000);
      assertThat(fired).isEmpty();
      nanos.addAndGet(1_000);
      // A timer that is armed has the clock look at its time.
      later.timer(() -> {}).arm(0);
      assertThat(fired.poll(30, TimeUnit.SECONDS)).isEqualTo(6_000);
    }
  }

  @Test
  void makesUpGraduallyForWhatItIsBehindOrAhead() {
    AtomicLong nanos = new AtomicLong(17);
    try (HostClock clock = new HostClock(nanos::get, InstantSource.system())) {
      clock.start();
      clock.slew(1_000);
      assertThat(clock.nanos()).isZero();
      nanos.addAndGet(6_000);
      assertThat(clock.nanos()).isEqualTo(6_500);
      // What is left is made up for after it stood still.
      clock.stop();
      nanos.addAndGet(100_000);
      assertThat(clock.nanos()).isEqualTo(6_500);
      clock.start();
      nanos.addAndGet(6_000);
      assertThat(clock.nanos()).isEqualTo(13_000);
      nanos.addAndGet(6_000);
      assertThat(clock.nanos()).isEqualTo(19_000);

      clock.slew(-100);
      nanos.addAndGet(600);
      assertThat(clock.nanos()).isEqualTo(19_550);
      clock.slew(-100); // Instead of the other half.
      nanos.addAndGet(5_000);
      assertThat(clock.nanos()).isEqualTo(24_450);
    }
  }

  @Test
  void neverGoesBackWhileItSlews() {
    AtomicLong nanos = new AtomicLong();
    try (HostClock clock = new HostClock(nanos::get, InstantSource.system())) {
      clock.start();
      long last = 0;
      for (int i = 0; i < 10_000; i++) {
        if (i % 97 == 0) {
          clock.slew(i % 2 == 0 ? 5_000 : -5_000);
        }
        nanos.addAndGet(i % 13);
        assertThat(clock.nanos()).isGreaterThanOrEqualTo(last);
        last = clock.nanos();
      }
    }
  }

  @Test
  void aTimerIsDueByTheSlewedTime() throws InterruptedException {
    BlockingQueue<Long> fired = new LinkedBlockingQueue<>();
    try (HostClock clock = new HostClock()) {
      clock.start();
      clock.slew(10_000_000_000L);
      clock.timer(() -> fired.add(clock.nanos())).arm(clock.nanos() + 50_000_000);
      assertThat(fired.poll(30, TimeUnit.SECONDS)).isGreaterThanOrEqualTo(50_000_000);
    }
  }
}
