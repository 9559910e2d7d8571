package org.javisor.riscv.lockstep;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.javisor.machine.ClockState;
import org.javisor.machine.MachineClock;
import org.javisor.machine.Timer;

/** Guest time that stands still during a turn; timers fire on the thread that moves it. */
final class TurnClock implements MachineClock {
  /** Any fixed time. */
  private static final Instant POWER_ON = Instant.parse("2026-01-01T00:00:00Z");

  private final List<TurnTimer> timers = new ArrayList<>();
  private long nanos;

  /** Moves time, forwards. */
  void moveTo(long value) {
    nanos = value;
    timers.forEach(TurnTimer::fireIfDue);
  }

  /** When the next timer is due; {@link Long#MAX_VALUE} if none is armed. */
  long nextDeadline() {
    return timers.stream().mapToLong(timer -> timer.deadline).min().orElse(Long.MAX_VALUE);
  }

  @Override
  public long nanos() {
    return nanos;
  }

  @Override
  public Instant wallTime() {
    return POWER_ON.plusNanos(nanos);
  }

  @Override
  public Timer timer(Runnable action) {
    TurnTimer timer = new TurnTimer(action);
    timers.add(timer);
    return timer;
  }

  @Override
  public void start() {}

  @Override
  public void stop() {}

  @Override
  public void reset() {
    nanos = 0;
  }

  @Override
  public void slew(long nanos) {}

  @Override
  public void close() {}

  @Override
  public Class<ClockState> stateType() {
    return ClockState.class;
  }

  @Override
  public ClockState save() {
    return new ClockState(nanos);
  }

  @Override
  public void restore(ClockState state) {
    nanos = state.nanos();
  }

  private final class TurnTimer implements Timer {
    private final Runnable action;
    private long deadline = Long.MAX_VALUE;

    TurnTimer(Runnable action) {
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

    void fireIfDue() {
      if (deadline <= nanos) {
        deadline = Long.MAX_VALUE;
        action.run();
      }
    }
  }
}
