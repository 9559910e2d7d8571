package org.javisor.machine;

import java.time.Instant;
import java.time.InstantSource;
import java.util.PriorityQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Guest time that follows the host's monotonic clock while it runs; one thread serves the timers.
 */
public final class HostClock implements MachineClock {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final PriorityQueue<HostTimer> armed = new PriorityQueue<>();

  /** How guest time passes; null while it stands still. Read without the lock. */
  private volatile @Nullable Course course;

  /** Written before {@link #course} goes, so that a reader sees a time that was right. */
  private volatile long stoppedAt;

  /** What is left to slew while it stands still. */
  private long behind;

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
    Course present = course;
    return present == null ? stoppedAt : present.nanos(hostNanos.getAsLong());
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
      if (course == null) {
        course = new Course(hostNanos.getAsLong(), stoppedAt, behind);
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
      Course present = course;
      if (present != null) {
        long now = hostNanos.getAsLong();
        behind = present.behind(now);
        stoppedAt = present.nanos(now);
        course = null;
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void slew(long nanos) {
    lock.lock();
    try {
      behind = nanos;
      Course present = course;
      if (present != null) {
        long now = hostNanos.getAsLong();
        course = new Course(now, present.nanos(now), nanos);
        changed.signal(); // Timers are due earlier, or later.
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
      behind = 0;
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
      behind = 0;
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
    if (course != null) {
      throw new IllegalStateException("the clock is running");
    }
  }

  private void serve() {
    lock.lock();
    try {
      while (!closed) {
        HostTimer next = armed.peek();
        Course present = course;
        if (next == null || present == null) {
          changed.awaitUninterruptibly();
          continue;
        }
        long wait = present.hostNanosUntil(next.deadline, hostNanos.getAsLong());
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

  /**
   * How guest time passes from a moment on: a twelfth faster or slower than the host's until what
   * it was behind or ahead is made up for, then as fast. That is the most that chrony slews by
   * default ({@code maxslewrate}), and no program measures time so well that it minds.
   *
   * @param host host nanoseconds at that moment
   * @param guest guest nanoseconds at that moment
   * @param behind nanoseconds that it is behind then; negative if it is ahead
   */
  private record Course(long host, long guest, long behind) {
    private static final int PART = 12;

    /** How long it takes to make up for all, in host nanoseconds. */
    private long slewing() {
      return Math.abs(behind) * PART;
    }

    long nanos(long now) {
      long passed = now - host;
      long made = passed >= slewing() ? behind : Long.signum(behind) * (passed / PART);
      return guest + passed + made;
    }

    long behind(long now) {
      return guest + (now - host) + behind - nanos(now);
    }

    /** At least one, if the time has not come. */
    long hostNanosUntil(long deadline, long now) {
      long left = deadline - nanos(now);
      return behind > 0 && left > PART ? left - left / PART : left;
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
