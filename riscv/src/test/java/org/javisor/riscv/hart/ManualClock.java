package org.javisor.riscv.hart;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.javisor.machine.Clock;
import org.javisor.machine.Timer;

/** Time that moves when a test says so; timers fire on the thread that moves it. */
final class ManualClock implements Clock {
  private final List<ManualTimer> timers = new ArrayList<>();
  private volatile long nanos;

  @Override
  public long nanos() {
    return nanos;
  }

  @Override
  public Instant wallTime() {
    return Instant.EPOCH;
  }

  @Override
  public synchronized Timer timer(Runnable action) {
    ManualTimer timer = new ManualTimer(action);
    timers.add(timer);
    return timer;
  }

  /** Moves time to a tick of the 10 MHz timebase. */
  void moveTo(long ticks) {
    nanos = ticks * 100;
    List<ManualTimer> all;
    synchronized (this) {
      all = List.copyOf(timers);
    }
    all.forEach(timer -> timer.fireIfDue(nanos));
  }

  private static final class ManualTimer implements Timer {
    private final Runnable action;
    private long deadline = Long.MAX_VALUE;

    ManualTimer(Runnable action) {
      this.action = action;
    }

    @Override
    public synchronized void arm(long deadlineNanos) {
      deadline = deadlineNanos;
    }

    @Override
    public synchronized void disarm() {
      deadline = Long.MAX_VALUE;
    }

    void fireIfDue(long now) {
      synchronized (this) {
        if (deadline > now) {
          return;
        }
        deadline = Long.MAX_VALUE;
      }
      action.run();
    }
  }
}
