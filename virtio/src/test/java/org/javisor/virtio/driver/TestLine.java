package org.javisor.virtio.driver;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.javisor.machine.InterruptLine;

/** An interrupt line that a test can wait for. */
public final class TestLine implements InterruptLine {
  private static final long DEADLINE_SECONDS = 30;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean level;
  private long rises;

  @Override
  public void set(boolean newLevel) {
    lock.lock();
    try {
      if (newLevel && !level) {
        rises++;
      }
      level = newLevel;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether it is high. */
  public boolean level() {
    lock.lock();
    try {
      return level;
    } finally {
      lock.unlock();
    }
  }

  /** How often it went from low to high. */
  public long rises() {
    lock.lock();
    try {
      return rises;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until it is high; fails after a deadline that no healthy device comes near. */
  public void awaitHigh() {
    lock.lock();
    try {
      long left = TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
      while (!level) {
        if (left <= 0) {
          throw new AssertionError("no interrupt in " + DEADLINE_SECONDS + " s");
        }
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      lock.unlock();
    }
  }
}
