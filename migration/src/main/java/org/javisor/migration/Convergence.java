package org.javisor.migration;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Decides after each round of pre-copy whether another one is of use, from what the rounds so far
 * have shown: how much arrives in a second, and how much is dirty again.
 */
final class Convergence {
  /** What to do next. */
  enum Verdict {
    AGAIN,
    STOP,
    /** Not even a slow machine would stand still for less than is allowed. */
    HOPELESS
  }

  /** So little is left that another round would only repeat what the machine always writes. */
  private static final long LITTLE = 256 << 10;

  /** A round that leaves more than this part of what the one before left was of little use. */
  private static final double USEFUL = 0.7;

  /** Rounds of little use after which it stops, if what is left may be sent while it stands. */
  private static final int PATIENCE = 2;

  /** Rounds at most, while the machine is not slowed down. */
  private static final int MOST = 12;

  private static final int FIRST_SLOWDOWN = 20;
  private static final int STEP = 10;

  private final MigrationPolicy policy;
  private long bandwidth;
  private long left = Long.MAX_VALUE;
  private int useless;
  private int rounds;
  private int slowdown;

  Convergence(MigrationPolicy policy) {
    this.policy = policy;
  }

  /** Bytes a second that arrive, as far as is known. */
  long bandwidth() {
    return bandwidth;
  }

  /** Percent of its processor time that the machine is to be denied. */
  int slowdown() {
    return slowdown;
  }

  /** How long so many bytes take. */
  Duration predicted(long bytes) {
    return Duration.ofNanos(
        bandwidth == 0 ? 0 : (long) ((double) bytes / bandwidth * TimeUnit.SECONDS.toNanos(1)));
  }

  /** What to do after this round. */
  Verdict after(MigrationReport.Round round) {
    rounds++;
    double seconds = round.time().toNanos() / 1e9;
    // A short round tells nothing of the bandwidth: it only waits for an answer.
    if (round.bytes() > LITTLE || bandwidth == 0) {
      bandwidth = Math.max(1, (long) (round.bytes() / seconds));
    }
    long now = (long) (round.dirtyRate() * seconds);
    useless = now > left * USEFUL ? useless + 1 : 0;
    left = now;
    boolean allowed = predicted(now).compareTo(policy.maximumDowntime()) <= 0;
    if (now <= LITTLE || (allowed && (useless >= PATIENCE || rounds >= MOST))) {
      return Verdict.STOP;
    }
    if (allowed || (useless < PATIENCE && rounds < MOST)) {
      return Verdict.AGAIN;
    }
    if (slowdown >= policy.slowdown()) {
      return Verdict.HOPELESS;
    }
    slowdown = Math.min(policy.slowdown(), slowdown == 0 ? FIRST_SLOWDOWN : slowdown + STEP);
    useless = 0;
    return Verdict.AGAIN;
  }
}
