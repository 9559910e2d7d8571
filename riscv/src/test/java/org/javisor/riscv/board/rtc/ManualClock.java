package org.javisor.riscv.board.rtc;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.javisor.machine.Clock;
import org.javisor.machine.Timer;

/** A clock that a test moves. */
final class ManualClock implements Clock {
  static final long EPOCH_NANOS = 1_800_000_000_000_000_000L;

  private final List<ManualTimer> timers = new ArrayList<>();
  private long nanos;

  @Override
  public long nanos() {
    return nanos;
  }

  @Override
  public Instant wallTime() {
    return Instant.ofEpochSecond(0, EPOCH_NANOS + nanos);
  }

  @Override
  public Timer timer(Runnable action) {
    ManualTimer timer = new ManualTimer(action);
    timers.add(timer);
    return timer;
  }

  void advance(long by) {
    nanos += by;
    for (ManualTimer timer : timers) {
      if (timer.deadline <= nanos) {
        timer.deadline = Long.MAX_VALUE;
        timer.action.run();
      }
    }
  }

  private static final class ManualTimer implements Timer {
    private final Runnable action;
    private long deadline = Long.MAX_VALUE;

    ManualTimer(Runnable action) {
      this.action = action;
    }

    @Override
    public void arm(long deadlineNanos) {
      deadline = deadlineNanos;
    }

    @Override
    public void disarm() {
      deadline = Long.MAX_VALUE;
    }
  }
}
