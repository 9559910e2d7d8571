package org.javisor.virtio.mmio;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A virtual thread that runs a task each time it is woken, and can be held: after {@link #hold}
 * returns, the task is not running and does not start until {@link #release}.
 */
final class Worker {
  private final String name;
  private final Runnable task;
  private final AtomicBoolean pending = new AtomicBoolean();
  private final AtomicInteger holds = new AtomicInteger();
  private final ReentrantLock running = new ReentrantLock();
  private volatile @Nullable Thread thread;
  private volatile boolean closed;

  Worker(String name, Runnable task) {
    this.name = name;
    this.task = task;
  }

  /** Starts the thread if it does not exist yet. */
  synchronized void start() {
    if (thread == null && !closed) {
      thread = Thread.ofVirtual().name(name).start(this::loop);
    }
  }

  /** Makes the task run, at least once after this call; cheap, from any thread. */
  void wake() {
    if (!pending.getAndSet(true)) {
      LockSupport.unpark(thread);
    }
  }

  /** Whether the task is wanted to return soon. */
  boolean yielding() {
    return holds.get() != 0;
  }

  /** Asks the task to return soon, without waiting; to be followed by {@link #awaitHeld}. */
  void hold() {
    holds.incrementAndGet();
  }

  /** Waits, after {@link #hold}, until the task has returned. */
  void awaitHeld() {
    running.lock();
    try {
      assert yielding();
    } finally {
      running.unlock();
    }
  }

  /** Undoes one {@link #hold}; the task then runs again, for what came in meanwhile. */
  void release() {
    if (holds.decrementAndGet() == 0) {
      pending.set(true);
      LockSupport.unpark(thread);
    }
  }

  /** Ends the thread, after the task has returned. */
  void close() {
    hold();
    awaitHeld();
    synchronized (this) {
      closed = true;
      LockSupport.unpark(thread);
    }
  }

  private void loop() {
    while (!closed) {
      if (holds.get() != 0 || !pending.get()) {
        LockSupport.park(this);
        continue;
      }
      running.lock();
      try {
        // Looked at again under the lock: whoever holds has either seen us run or stops us here.
        if (holds.get() == 0) {
          pending.set(false);
          task.run();
        }
      } finally {
        running.unlock();
      }
      giveWay();
    }
  }

  /**
   * Lets other virtual threads run. They are not preempted: a guest that keeps its devices busy
   * must not keep those of other machines from running.
   */
  @SuppressWarnings("ThreadPriorityCheck") // A matter of fairness; nothing waits for its effect.
  private static void giveWay() {
    Thread.yield();
  }
}
