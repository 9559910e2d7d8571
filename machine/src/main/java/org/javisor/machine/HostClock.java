package org.javisor.machine;

import java.time.Instant;
import java.time.InstantSource;
import java.util.PriorityQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Guest time that follows the host's monotonic clock while it runs; one thread serves the timers.
 */
public final class HostClock implements MachineClock {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final PriorityQueue<HostTimer> armed = new PriorityQueue<>();

  /** Host nanoseconds minus guest nanoseconds while running; read without the lock. */
  private volatile long epoch;

  private volatile boolean running;
  private volatile long stoppedAt;
  private boolean closed;

  private final LongSupplier hostNanos;
  private final InstantSource hostTime;

  /** A clock at time zero, stopped. */
  public HostClock() {
    this(System::nanoTime, InstantSource.system());
  }

  /**
   * A clock at time zero, stopped, of another host time than the system's.
   *
   * @param hostNanos nanoseconds from any origin that never go back
   * @param hostTime the wall clock
   */
  public HostClock(LongSupplier hostNanos, InstantSource hostTime) {
    this.hostNanos = hostNanos;
    this.hostTime = hostTime;
    Thread.ofPlatform().daemon().name("guest-timers").start(this::serve);
  }

  @Override
  public long nanos() {
    // Written before "running" when started and before "running" when stopped, so that a reader
    // sees a value that was right at some moment of its call.
    return running ? hostNanos.getAsLong() - epoch : stoppedAt;
  }

  @Override
  public Instant wallTime() {
    return hostTime.instant();
  }

  @Override
  public Timer timer(Runnable action) {
    return new HostTimer(action);
  }

  @Override
  public void start() {
    lock.lock();
    try {
      if (!running) {
        epoch = hostNanos.getAsLong() - stoppedAt;
        running = true;
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void stop() {
    lock.lock();
    try {
      if (running) {
        stoppedAt = hostNanos.getAsLong() - epoch;
        running = false;
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void reset() {
    lock.lock();
    try {
      requireStopped();
      stoppedAt = 0;
      armed.forEach(HostTimer::forget);
      armed.clear();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Class<ClockState> stateType() {
    return ClockState.class;
  }

  @Override
  public ClockState save() {
    return new ClockState(nanos());
  }

  @Override
  public void restore(ClockState state) {
    if (state.nanos() < 0) {
      throw new SavedStateException("clock: negative time " + state.nanos());
    }
    lock.lock();
    try {
      requireStopped();
      stoppedAt = state.nanos();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private void requireStopped() {
    if (running) {
      throw new IllegalStateException("the clock is running");
    }
  }

  private void serve() {
    lock.lock();
    try {
      while (!closed) {
        HostTimer next = armed.peek();
        if (next == null || !running) {
          changed.awaitUninterruptibly();
          continue;
        }
        long wait = next.deadline - nanos();
        if (wait > 0) {
          changed.awaitNanos(wait);
          continue;
        }
        armed.remove(next);
        next.forget();
        // Without the lock: the action may arm this timer again or take a device's lock.
        lock.unlock();
        try {
          next.action.run();
        } finally {
          lock.lock();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private final class HostTimer implements Timer, Comparable<HostTimer> {
    private final Runnable action;
    private long deadline = Long.MAX_VALUE;
    private boolean queued;

    HostTimer(Runnable action) {
      this.action = action;
    }

    @Override
    public void arm(long deadlineNanos) {
      lock.lock();
      try {
        if (queued) {
          armed.remove(this);
        }
        deadline = deadlineNanos;
        queued = deadlineNanos != Long.MAX_VALUE;
        if (queued) {
          armed.add(this);
          if (armed.peek() == this) {
            changed.signal();
          }
        }
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void disarm() {
      arm(Long.MAX_VALUE);
    }

    void forget() {
      queued = false;
      deadline = Long.MAX_VALUE;
    }

    @Override
    @SuppressWarnings("ComparableType") // Ordered by deadline only, for the queue.
    public int compareTo(HostTimer other) {
      return Long.compare(deadline, other.deadline);
    }
  }
}
