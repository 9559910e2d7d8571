package org.javisor.riscv.translator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.javisor.riscv.hart.CodePage;
import org.javisor.riscv.hart.Hart;
import org.javisor.riscv.hart.UnitEntry;
import org.jspecify.annotations.Nullable;

/**
 * Translates on a thread of its own, in the order of requests; what there is no room for is lost. A
 * unit is put in place when the JVM has compiled it ({@link WarmUp}).
 *
 * <p>The same thread asks harts that are executing where they are, every few milliseconds: the
 * samples that {@link TranslatingEngine} decides by what to optimize.
 */
final class BackgroundTranslator implements Translator {
  /** Each waiting request has a copy of up to four pages. */
  private static final int CAPACITY = 1024;

  /**
   * Units in place in one machine: at some 40 KiB each of classes and compiled code they stay well
   * within the JVM's code cache of 240 MiB.
   */
  private static final int MAX_UNITS = 4096;

  /**
   * With nothing executing for so long, the thread rests: many machines are idle most of the time.
   */
  private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

  private static final System.Logger LOG = System.getLogger(BackgroundTranslator.class.getName());

  private record Request(Hart hart, PageWindow window, int entry, Tier tier) {}

  private final Counters counters;
  private final BlockingQueue<Request> requests = new ArrayBlockingQueue<>(CAPACITY);

  private final Set<Hart> harts = ConcurrentHashMap.newKeySet();

  // Of the translator's thread.
  private final List<WarmUp> pending = new ArrayList<>();
  private final Queue<UnitEntry> installed = new ArrayDeque<>();

  private volatile boolean running;

  /** Guarded by the monitor. */
  private @Nullable Thread thread;

  private long lastExecution;
  private long nextTick;

  BackgroundTranslator(Counters counters) {
    this.counters = counters;
  }

  @Override
  public void watch(Hart hart) {
    if (!running) {
      harts.add(hart);
      start();
    } else if (!harts.contains(hart)) {
      harts.add(hart);
    }
  }

  @Override
  public void translate(Hart hart, long pc, Tier tier) {
    PageWindow window = new PageWindow(hart, pc, false);
    if (!requests.offer(new Request(hart, window, (int) pc & 4095, tier))) {
      counters.refused.increment();
      CodePage page = hart.fetched(pc);
      if (page != null) {
        page.cool(CodePage.slot(pc));
      }
    }
  }

  @Override
  public int queued() {
    return requests.size();
  }

  private synchronized void start() {
    if (running) {
      return;
    }
    running = true;
    if (thread == null) {
      thread = Thread.ofPlatform().daemon().name("translator").start(this::run);
    } else {
      LockSupport.unpark(thread);
    }
  }

  private void run() {
    lastExecution = System.nanoTime();
    nextTick = lastExecution;
    try {
      while (true) {
        long patience = nextTick - System.nanoTime();
        Request request = requests.poll(patience, TimeUnit.NANOSECONDS);
        if (request != null) {
          long begin = System.nanoTime();
          translate(request);
          counters.nanoseconds.add(System.nanoTime() - begin);
        }
        long now = System.nanoTime();
        if (nextTick - now <= 0) {
          nextTick = now + TICK_NANOS;
          pending.removeIf(this::settle);
          sample(now);
          if (now - lastExecution > QUIET_NANOS && !awaitExecution()) {
            return;
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void sample(long now) {
    for (Hart hart : harts) {
      if (hart.isExecuting()) {
        lastExecution = now;
        hart.requestSample();
      }
    }
  }

  /**
   * Rests until a hart executes, if there is nothing to do.
   *
   * @return false if none has for long, and the thread is to end
   */
  private boolean awaitExecution() {
    synchronized (this) {
      running = !requests.isEmpty() || !pending.isEmpty();
    }
    long end = System.nanoTime() + IDLE_NANOS;
    while (!running) {
      long left = end - System.nanoTime();
      if (left > 0) {
        LockSupport.parkNanos(this, left);
        continue;
      }
      synchronized (this) {
        if (!running) {
          thread = null;
          return false;
        }
      }
    }
    lastExecution = System.nanoTime();
    nextTick = lastExecution;
    return true;
  }

  private void translate(Request request) {
    @Nullable Translation translation;
    try {
      translation = Translation.of(request.window(), request.entry(), request.tier(), counters);
    } catch (IllegalArgumentException | IllegalStateException | LinkageError e) {
      // The interpreter executes what the translator or the JVM cannot cope with.
      LOG.log(System.Logger.Level.WARNING, "a region of guest code was not translated", e);
      counters.discarded.increment();
      return;
    }
    if (translation != null) {
      WarmUp warmUp = new WarmUp(request.hart(), translation);
      if (!settle(warmUp)) {
        pending.add(warmUp);
      }
    }
  }

  /** Puts a unit in place if it is ready; false if it is to be looked at again. */
  private boolean settle(WarmUp warmUp) {
    if (warmUp.isHopeless()) {
      counters.discarded.increment();
      return true;
    }
    if (!warmUp.isDone()) {
      return false;
    }
    Translation translation = warmUp.translation();
    if (translation.install()) {
      installed.add(translation.entry());
      // Long straight code would else get warm one region after the other.
      translation
          .continuations()
          .forEach(place -> place.page().heatUp(place.slot(), TranslatingEngine.ALMOST_HOT));
      evict();
    } else {
      counters.discarded.increment();
    }
    return true;
  }

  /** Oldest first: what is still hot is soon translated again. */
  private void evict() {
    if (installed.size() > MAX_UNITS) {
      installed.removeIf(UnitEntry::isRetired);
    }
    while (installed.size() > MAX_UNITS) {
      CodePage.retire(installed.remove());
      counters.evicted.increment();
    }
  }
}
