package org.javisor.riscv.translator;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.javisor.riscv.hart.CodePage;
import org.javisor.riscv.hart.Hart;
import org.javisor.riscv.hart.UnitEntry;
import org.jspecify.annotations.Nullable;

/**
 * Translates on a thread of its own, in the order of requests; what there is no room for is lost.
 *
 * <p>A unit is put in place some time after it has been made: its class has first to be compiled by
 * the JVM, whose bytecode interpreter is slower on it than ours is on the guest's code.
 */
final class BackgroundTranslator implements Translator {
  /** Each waiting request has a copy of up to four pages. */
  private static final int CAPACITY = 1024;

  /**
   * Units in place in one machine: at some 40 KiB each of classes and compiled code they stay well
   * within the JVM's code cache of 240 MiB.
   */
  private static final int MAX_UNITS = 4096;

  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long COMPILE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private static final System.Logger LOG = System.getLogger(BackgroundTranslator.class.getName());

  private record Request(Hart hart, PageWindow window, int entry) {}

  private record Pending(Translation translation, long due) {}

  private final Counters counters;
  private final BlockingQueue<Request> requests = new ArrayBlockingQueue<>(CAPACITY);

  // Of the translator's thread.
  private final Queue<Pending> pending = new ArrayDeque<>();
  private final Queue<UnitEntry> installed = new ArrayDeque<>();

  private boolean running;

  BackgroundTranslator(Counters counters) {
    this.counters = counters;
  }

  @Override
  public void translate(Hart hart, long pc) {
    if (requests.offer(new Request(hart, new PageWindow(hart, pc, false), (int) pc & 4095))) {
      start();
    } else {
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
    if (!running) {
      running = true;
      Thread.ofPlatform().daemon().name("translator").start(this::run);
    }
  }

  private void run() {
    try {
      while (true) {
        Request request = requests.poll(patience(), TimeUnit.NANOSECONDS);
        if (request != null) {
          long begin = System.nanoTime();
          translate(request);
          counters.nanoseconds.add(System.nanoTime() - begin);
        } else if (pending.isEmpty() && stop()) {
          return;
        }
        installDue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the thread while there is nothing to do. */
  private synchronized boolean stop() {
    running = !requests.isEmpty();
    return !running;
  }

  private long patience() {
    Pending next = pending.peek();
    return next == null ? IDLE_NANOS : next.due() - System.nanoTime();
  }

  private void translate(Request request) {
    @Nullable Translation translation;
    try {
      translation = Translation.of(request.window(), request.entry(), false, counters);
    } catch (IllegalArgumentException | IllegalStateException | LinkageError e) {
      // The interpreter executes what the translator or the JVM cannot cope with.
      LOG.log(System.Logger.Level.WARNING, "a region of guest code was not translated", e);
      counters.discarded.increment();
      return;
    }
    if (translation != null) {
      translation.warmUp(request.hart());
      pending.add(new Pending(translation, System.nanoTime() + COMPILE_NANOS));
    }
  }

  private void installDue() {
    Pending next = pending.peek();
    while (next != null && next.due() - System.nanoTime() <= 0) {
      pending.remove();
      if (next.translation().install()) {
        installed.add(next.translation().entry());
        evict();
      } else {
        counters.discarded.increment();
      }
      next = pending.peek();
    }
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
