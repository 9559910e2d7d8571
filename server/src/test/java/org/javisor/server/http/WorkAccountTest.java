package org.javisor.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Callers who ask seldom and without pause; time is counted, nobody waits. */
class WorkAccountTest {
  private static final double SHARE = 0.1;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long BURST = 500 * MILLI;

  private long now = 1234;
  private final WorkAccount account = new WorkAccount(SHARE, BURST, now);

  /** Time passes until a request may begin, and while it is worked on; how long it waited. */
  private long request(long cost) {
    long waited = 0;
    for (long wait = account.nanosToWait(now); wait > 0; wait = account.nanosToWait(now)) {
      now += wait;
      waited += wait;
    }
    long assumed = account.begin();
    now += cost;
    account.end(assumed, cost);
    return waited;
  }

  @Test
  void whoAsksWithoutPauseGetsHisShareAndABurst() {
    long end = now + 100 * SECOND;
    long work = 0;
    while (now < end) {
      work += MILLI;
      long waited = request(MILLI);
      assertThat(waited).as("nobody waits for long").isLessThanOrEqualTo(10 * MILLI);
    }
    assertThat((double) work / SECOND).isBetween(10.3, 10.8);
  }

  @Test
  void whoAsksNowAndThenNeverWaits() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(request(20 * MILLI)).isZero();
      now += SECOND / 4;
    }
    // A script of many requests at once, after that.
    now += 10 * SECOND;
    for (int i = 0; i < 400; i++) {
      assertThat(request(MILLI)).isZero();
    }
  }

  @Test
  void manyAtOnceDoNotAllBeginBeforeOneIsPaidFor() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(request(MILLI)).isBetween(0L, 10 * MILLI);
    }
    assertThat(account.nanosToWait(now)).isPositive();
    now += account.nanosToWait(now);
    int begun = 0;
    while (account.nanosToWait(now) <= 0) {
      assertThat(account.begin()).isPositive();
      begun++;
    }
    assertThat(begun).as("none has ended yet").isEqualTo(1);
  }

  @Test
  void whatWasTakenIsPaidForOnce() {
    for (int i = 0; i < 600; i++) {
      request(MILLI);
    }
    now += 3 * SECOND;
    assertThat(account.nanosToWait(now)).isLessThanOrEqualTo(0);
    now += 10 * SECOND;
    int passed = 0;
    while (request(MILLI) == 0) {
      passed++;
    }
    assertThat(passed).as("a burst, not more").isBetween(499, 560);
  }
}
