package org.javisor.virtio.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IoLimiterTest {
  private static final long SECOND = 1_000_000_000L;
  private static final Duration BURST = Duration.ofMillis(100);

  private long now = -5 * SECOND;

  /** Workers that always have a request at hand, for so long. */
  private long[] bytesServed(IoLimiter limiter, IoLimiter.Cost[] costs, long nanos) {
    long[] served = new long[costs.length];
    long[] askAt = new long[costs.length];
    IoLimiter.Turn[] turns = new IoLimiter.Turn[costs.length];
    for (int i = 0; i < costs.length; i++) {
      turns[i] = new IoLimiter.Turn();
      askAt[i] = now;
    }
    for (long end = now + nanos; now - end < 0; now += 100_000) {
      for (int i = 0; i < costs.length; i++) {
        while (now - askAt[i] >= 0) {
          long wait = limiter.nanosToWait(turns[i], costs[i]);
          if (wait > 0) {
            askAt[i] = now + wait;
            break;
          }
          turns[i].done();
          served[i] += costs[i].read() + costs[i].written();
        }
      }
    }
    return served;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void underParallelLoadTheRateIsTheLimit(long seed) {
    Random random = new Random(seed);
    long rate = 1L << random.nextInt(18, 30);
    IoLimiter limiter = new IoLimiter(new IoLimits(rate, 0, 0, 0, BURST), () -> now);
    IoLimiter.Cost[] costs = new IoLimiter.Cost[random.nextInt(1, 9)];
    for (int i = 0; i < costs.length; i++) {
      costs[i] = new IoLimiter.Cost(512L * random.nextInt(1, 200), 0);
    }
    long sum = 0;
    for (long served : bytesServed(limiter, costs, 20 * SECOND)) {
      sum += served;
    }
    assertThat(sum).as("seed " + seed).isCloseTo(20 * rate, withPercentage(10));
  }

  @Test
  void workersOfOneDiskGetTheSame() {
    IoLimiter limiter = new IoLimiter(new IoLimits(0, 0, 0, 1000, BURST), () -> now);
    IoLimiter.Cost cost = new IoLimiter.Cost(0, 4096);
    long[] served = bytesServed(limiter, new IoLimiter.Cost[] {cost, cost, cost}, 10 * SECOND);
    for (long one : served) {
      assertThat(one / 4096).isCloseTo(10_000 / 3, withPercentage(5));
    }
  }

  @Test
  void readsAndWritesHaveLimitsOfTheirOwn() {
    IoLimiter limiter = new IoLimiter(new IoLimits(1 << 20, 0, 4 << 20, 0, BURST), () -> now);
    long[] served =
        bytesServed(
            limiter,
            new IoLimiter.Cost[] {new IoLimiter.Cost(8192, 0), new IoLimiter.Cost(0, 8192)},
            10 * SECOND);
    assertThat(served[0]).isCloseTo(10 << 20, withPercentage(5));
    assertThat(served[1]).isCloseTo(40 << 20, withPercentage(5));
  }

  @Test
  void whoWaitsForAFarTurnHearsOfNewLimits() {
    IoLimiter limiter = new IoLimiter(new IoLimits(1, 0, 0, 0, BURST), () -> now);
    IoLimiter.Turn turn = new IoLimiter.Turn();
    assertThat(limiter.nanosToWait(turn, new IoLimiter.Cost(1 << 20, 0))).isNotPositive();
    turn.done();
    long wait = limiter.nanosToWait(turn, new IoLimiter.Cost(1 << 20, 0));
    assertThat(wait).isPositive().isLessThan(SECOND);
    limiter.setLimits(IoLimits.NONE);
    assertThat(limiter.nanosToWait(turn, new IoLimiter.Cost(1 << 20, 0))).isNotPositive();
  }

  @Test
  void anIdleDiskSavesUpNoMoreThanTheBurst() {
    IoLimiter limiter = new IoLimiter(new IoLimits(0, 1000, 0, 0, BURST), () -> now);
    now += 1000 * SECOND;
    IoLimiter.Turn turn = new IoLimiter.Turn();
    int served = 0;
    while (limiter.nanosToWait(turn, new IoLimiter.Cost(512, 0)) <= 0) {
      turn.done();
      served++;
    }
    assertThat(served).isBetween(100, 102);
  }
}
