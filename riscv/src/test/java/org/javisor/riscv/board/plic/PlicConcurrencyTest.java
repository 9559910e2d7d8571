package org.javisor.riscv.board.plic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.javisor.machine.InterruptLine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Devices and harts on threads of their own: every interrupt is served once, none is lost. */
@Timeout(60)
class PlicConcurrencyTest {
  private static final int SOURCES = 8;
  private static final int HARTS = 3;
  private static final int ROUNDS = 2000;

  private final Semaphore[] wakeUps = new Semaphore[HARTS];
  private final Semaphore[] served = new Semaphore[SOURCES + 1];
  private final AtomicIntegerArray claims = new AtomicIntegerArray(SOURCES + 1);
  private final InterruptLine[] wires = new InterruptLine[SOURCES + 1];
  private volatile boolean finished;

  @Test
  void everyInterruptIsServedOnce() throws Exception {
    List<InterruptLine> harts = new ArrayList<>();
    for (int hart = 0; hart < HARTS; hart++) {
      Semaphore wakeUp = new Semaphore(0);
      wakeUps[hart] = wakeUp;
      harts.add(
          level -> {
            if (level) {
              wakeUp.release();
            }
          });
    }
    Plic plic = new Plic(new PlicConfiguration(SOURCES, HARTS), harts);
    for (int source = 1; source <= SOURCES; source++) {
      served[source] = new Semaphore(0);
      wires[source] = plic.source(source);
      plic.write(4L * source, 4, 1 + source % 3);
    }
    for (int hart = 0; hart < HARTS; hart++) {
      plic.write(0x2000 + 0x80L * hart, 4, -1);
    }

    List<Thread> threads = new ArrayList<>();
    for (int hart = 0; hart < HARTS; hart++) {
      int context = hart;
      threads.add(Thread.ofPlatform().start(() -> serve(plic, context)));
    }
    List<Thread> devices = new ArrayList<>();
    for (int source = 1; source <= SOURCES; source++) {
      int number = source;
      devices.add(Thread.ofVirtual().start(() -> interrupt(number)));
    }
    for (Thread device : devices) {
      device.join();
    }
    finished = true;
    for (Thread thread : threads) {
      thread.join();
    }
    for (int source = 1; source <= SOURCES; source++) {
      assertThat(claims.get(source)).as("source %d", source).isEqualTo(ROUNDS);
    }
    assertThat(plic.metrics().completions()).isEqualTo((long) SOURCES * ROUNDS);
  }

  private void interrupt(int source) {
    for (int round = 0; round < ROUNDS; round++) {
      wires[source].set(true);
      served[source].acquireUninterruptibly();
    }
  }

  private void serve(Plic plic, int context) {
    long claim = 0x20_0004 + 0x1000L * context;
    while (!finished) {
      try {
        if (!wakeUps[context].tryAcquire(50, TimeUnit.MILLISECONDS)) {
          continue;
        }
      } catch (InterruptedException e) {
        return;
      }
      int source = (int) plic.read(claim, 4);
      while (source != 0) {
        claims.incrementAndGet(source);
        wires[source].set(false);
        plic.write(claim, 4, source);
        served[source].release();
        source = (int) plic.read(claim, 4);
      }
    }
  }
}
