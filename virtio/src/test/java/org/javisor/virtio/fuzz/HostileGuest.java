package org.javisor.virtio.fuzz;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.javisor.machine.GuestMemory;
import org.javisor.machine.SavedState;
import org.javisor.virtio.VirtioDevice;
import org.javisor.virtio.driver.TestLine;
import org.javisor.virtio.mmio.TransportConfiguration;
import org.javisor.virtio.mmio.VirtioMmioTransport;

/**
 * Does to a device what no driver does, from a seed: random registers, half-right set-ups, rings
 * full of adversarial descriptors, resets and pauses in the middle.
 *
 * <p>It fails when anything is thrown, when a fault of the device had to be contained (an access
 * outside guest memory is one), or when the device does not come to rest within a deadline.
 */
final class HostileGuest<S extends SavedState> {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final long BASE = 0x8000_0000L;
  private static final int MEMORY = 256 * 1024;

  private final long seed;
  private final Random random;
  private final GuestMemory memory = GuestMemory.allocate(BASE, MEMORY);
  private final TestLine line = new TestLine();
  private final VirtioMmioTransport<S> transport;
  private final RingForger forger;
  private final Runnable host;
  private boolean packed;
  private int queues;

  /**
   * A guest in front of a device.
   *
   * @param random from the seed; may be shared with the other arguments
   * @param lengths usual lengths of buffers for the device
   * @param headers what requests to the device begin with
   * @param host something that the host does to the device now and then
   */
  HostileGuest(
      long seed,
      Random random,
      VirtioDevice<S> device,
      int[] lengths,
      Supplier<byte[]> headers,
      Runnable host) {
    this.seed = seed;
    this.random = random;
    this.transport =
        new VirtioMmioTransport<>(
            "fuzzed", memory, line, device, TransportConfiguration.complete());
    this.forger = new RingForger(memory, random, lengths, headers);
    this.host = host;
  }

  /** Runs a number of steps, watched. */
  void run(int steps) throws Exception {
    CompletableFuture<Void> run = new CompletableFuture<>();
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    for (int i = 0; i < steps; i++) {
                      step();
                    }
                    transport.pause();
                    transport.resume();
                    transport.reset();
                    run.complete(null);
                  } catch (Throwable e) {
                    run.completeExceptionally(e);
                  }
                });
    try {
      run.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      AssertionError error = new AssertionError("hangs with seed " + seed, e);
      error.setStackTrace(thread.getStackTrace());
      throw error;
    } catch (ExecutionException e) {
      throw new AssertionError("fails with seed " + seed, e.getCause());
    }
    if (transport.metrics().faults() != 0) {
      throw new AssertionError("a fault was contained with seed " + seed);
    }
    transport.close();
    memory.close();
  }

  private void step() {
    switch (random.nextInt(40)) {
      case 0 -> setUp();
      case 1, 2 -> anyRegister();
      case 3 -> transport.reset();
      case 4 -> {
        transport.pause();
        if (random.nextBoolean()) {
          transport.restore(transport.save());
        }
        transport.resume();
      }
      case 5, 6 -> host.run();
      case 7 -> transport.write(0x64, 4, transport.read(0x60, 4));
      case 8 -> forger.scribble();
      case 9 ->
          transport.write(0x100 + random.nextInt(80), 1 << random.nextInt(4), random.nextLong());
      default -> {
        if (queues == 0 || (!running() && random.nextInt(4) != 0)) {
          setUp();
        }
        int queue = random.nextInt(queues);
        forger.forge(queue, packed);
        transport.write(0x50, 4, queue);
        if (random.nextInt(4) != 0) {
          letDeviceLook(queue);
        }
      }
    }
  }

  /** Gives the device's workers some time, so that what is forged is mostly seen whole. */
  private void letDeviceLook(int queue) {
    for (int i = 0; i < 8 && !forger.used(queue, packed) && running(); i++) {
      LockSupport.parkNanos(20_000);
    }
  }

  private boolean running() {
    return (transport.read(0x70, 4) & (4 | 64)) == 4;
  }

  private void anyRegister() {
    int size = 1 << random.nextInt(4);
    long offset = random.nextInt(4) == 0 ? random.nextInt(0x1000 - 8) : random.nextInt(80) * 4L;
    if (random.nextBoolean()) {
      transport.read(offset, size);
    } else {
      transport.write(offset, size, random.nextBoolean() ? random.nextLong() : random.nextInt(32));
    }
  }

  private void set(int offset, int value) {
    transport.write(offset, 4, value);
  }

  /** A right set-up but for what chance makes wrong. */
  private void setUp() {
    set(0x70, 0);
    set(0x70, 1);
    set(0x70, 3);
    packed = random.nextBoolean();
    forger.chooseTemper();
    int low = random.nextInt(4) == 0 ? random.nextInt() : -1;
    set(0x14, 0);
    set(0x24, 0);
    int offered = (int) transport.read(0x10, 4);
    // Some or all of the device's features, with or without indirect descriptors and event index.
    set(0x20, offered & low & (random.nextInt() | 0x00ff_ffff));
    set(0x24, 1);
    set(0x20, packed ? 5 : 1);
    set(0x70, 11);
    queues = 0;
    while (true) {
      set(0x30, queues);
      int maximum = (int) transport.read(0x34, 4);
      if (maximum == 0) {
        break;
      }
      int size = forger.place(queues, maximum, packed);
      set(0x38, size);
      address(0x80, forger.descriptors(queues));
      address(0x90, forger.driverArea(queues));
      address(0xa0, forger.deviceArea(queues));
      if (random.nextInt(50) == 0) {
        address(0x80 + 0x10 * random.nextInt(3), forger.anyAddress());
      }
      set(0x44, 1);
      queues++;
    }
    set(0x70, 15);
  }

  private void address(int offset, long gpa) {
    set(offset, (int) gpa);
    set(offset + 4, (int) (gpa >>> 32));
  }
}
