package org.javisor.host.scheduling;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.javisor.machine.Machine;

/**
 * Sees to it that each machine of this process gets its share of the processors, and no more than
 * it is allowed. It needs no rights: where more vCPUs want to execute than there are processors, it
 * says every ten milliseconds which of them do, and holds the others. The operating system shares
 * out what the processors of this process and others are; to machines of one vCPU each on a host
 * with processors for all of them it is left alone.
 */
public final class ProcessorShares implements AutoCloseable {
  private static final Duration SLICE = Duration.ofMillis(10);

  /** How soon want is noticed where there was none. */
  private static final Duration LULL = Duration.ofMillis(50);

  private final List<Contender> contenders = new ArrayList<>();
  private final FairShare fair;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread thread;
  private boolean closed;

  /** Shares out all processors that this process may use. */
  public ProcessorShares() {
    this(Runtime.getRuntime().availableProcessors());
  }

  /** Shares out so many processors. */
  ProcessorShares(int processors) {
    fair = new FairShare(processors, SLICE.toNanos());
    thread = Thread.ofPlatform().daemon().name("processor-shares").start(this::run);
  }

  /** The place of one machine; {@link #close} when it has ended. */
  public final class Place implements AutoCloseable {
    private final Contender contender;

    private Place(Contender contender) {
      this.contender = contender;
    }

    /** From now on it has another claim. */
    public void change(Claim claim) {
      contender.change(claim);
    }

    @Override
    public void close() {
      lock.lock();
      try {
        contenders.remove(contender);
        contender.releaseAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** From now on this machine takes part. */
  public Place join(Machine machine, Claim claim) {
    Contender contender = new Contender(Workload.of(machine), claim);
    lock.lock();
    try {
      contenders.add(contender);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    return new Place(contender);
  }

  private void run() {
    long last = System.nanoTime();
    lock.lock();
    try {
      while (!closed) {
        if (contenders.isEmpty()) {
          changed.await();
          last = System.nanoTime();
          continue;
        }
        long now = System.nanoTime();
        boolean watch = fair.share(contenders, now - last);
        last = now;
        long pause = (watch ? SLICE : LULL).toNanos();
        while (!closed && pause > 0 && !contenders.isEmpty()) {
          pause = changed.awaitNanos(pause);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      contenders.forEach(Contender::releaseAll);
      lock.unlock();
    }
  }

  /** Lets all machines execute as they like. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
