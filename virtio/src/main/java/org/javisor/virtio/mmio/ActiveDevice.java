package org.javisor.virtio.mmio;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.javisor.machine.GuestMemory;
import org.javisor.machine.SavedState;
import org.javisor.machine.SavedStateException;
import org.javisor.virtio.Activation;
import org.javisor.virtio.QueueState;
import org.javisor.virtio.VirtioDevice;
import org.javisor.virtio.queue.MalformedQueueException;
import org.javisor.virtio.queue.Virtqueue;

/**
 * The device's moving parts: its status, its workers and its live queues.
 *
 * <p>Starting, stopping and the like are called under the transport's lock; the rest from any
 * thread.
 */
final class ActiveDevice<S extends SavedState> implements Activation {
  private static final Logger LOG = System.getLogger(ActiveDevice.class.getName());

  private final String name;
  private final GuestMemory memory;
  private final VirtioDevice<S> device;
  private final InterruptStatus interrupts;
  private final TransportMetrics metrics;
  private final Worker[] workers;
  private final Virtqueue[] queues;
  private final AtomicInteger status = new AtomicInteger();
  private final AtomicBoolean faultReported = new AtomicBoolean();
  private volatile long features;
  private boolean paused;

  ActiveDevice(
      String name,
      GuestMemory memory,
      VirtioDevice<S> device,
      InterruptStatus interrupts,
      TransportMetrics metrics) {
    this.name = name;
    this.memory = memory;
    this.device = device;
    this.interrupts = interrupts;
    this.metrics = metrics;
    this.queues = new Virtqueue[device.queueSizes().length];
    removeQueues();
    this.workers = new Worker[device.workers()];
    for (int i = 0; i < workers.length; i++) {
      int index = i;
      workers[i] = new Worker(name + "-" + i, () -> serve(index));
    }
  }

  int status() {
    return status.get();
  }

  void addStatus(int bits) {
    status.getAndUpdate(old -> old | bits);
  }

  /** Sets DRIVER_OK and starts serving the queues that {@link #checkQueue} has accepted. */
  void start(long driverFeatures, QueueRegisters[] registers) {
    features = driverFeatures;
    try {
      for (int i = 0; i < queues.length; i++) {
        if (registers[i].ready) {
          queues[i] = create(driverFeatures, registers[i]);
        }
      }
    } catch (MalformedQueueException e) {
      throw new IllegalStateException("a queue that was accepted before", e);
    }
    begin();
  }

  /** Continues serving queues at saved positions. */
  void start(long driverFeatures, QueueRegisters[] registers, List<QueueState> states) {
    features = driverFeatures;
    try {
      for (int i = 0; i < queues.length; i++) {
        if (registers[i].ready) {
          Virtqueue queue = create(driverFeatures, registers[i]);
          queue.restorePositions(states.get(i).availablePosition(), states.get(i).usedPosition());
          queues[i] = queue;
        }
      }
    } catch (MalformedQueueException e) {
      throw new SavedStateException(name + ": " + e.getMessage(), e);
    }
    begin();
  }

  private void begin() {
    device.activate(this);
    // Only now: a worker that is awake already serves as soon as it sees the bit.
    addStatus(Status.DRIVER_OK);
    for (Worker worker : workers) {
      worker.start();
      // The driver may have made chains available, and notified us of them, before DRIVER_OK.
      worker.wake();
    }
  }

  /**
   * Checks what the driver says about a queue.
   *
   * @throws MalformedQueueException if it is not acceptable
   */
  void checkQueue(long driverFeatures, QueueRegisters registers) throws MalformedQueueException {
    create(driverFeatures, registers);
  }

  private Virtqueue create(long driverFeatures, QueueRegisters registers)
      throws MalformedQueueException {
    return Virtqueue.create(
        memory,
        registers.layout(),
        new Virtqueue.Features(
            Feature.in(driverFeatures, Feature.RING_PACKED),
            Feature.in(driverFeatures, Feature.INDIRECT),
            Feature.in(driverFeatures, Feature.EVENT_INDEX)),
        registers.maximumSize,
        () -> interrupts.raise(InterruptStatus.USED_BUFFER));
  }

  /** Stops one queue, after what is in flight. */
  void stopQueue(int index) {
    hold();
    try {
      queues[index] = Virtqueue.absent();
    } finally {
      release();
    }
  }

  /** Stops serving, after what is in flight, and clears the status. */
  void stop() {
    // The bit that lets workers serve goes first, so that releasing them starts nothing.
    boolean wasActive = serving(status.getAndSet(0));
    hold();
    try {
      if (wasActive) {
        settle();
      }
      removeQueues();
      features = 0;
      // A worker may have asked for a reset while it was being held.
      status.set(0);
    } finally {
      release();
    }
  }

  private void removeQueues() {
    for (int i = 0; i < queues.length; i++) {
      queues[i] = Virtqueue.absent();
    }
  }

  synchronized void pause() {
    if (!paused) {
      paused = true;
      hold();
      if (serving(status.get())) {
        settle();
      }
    }
  }

  synchronized void resume() {
    if (paused) {
      paused = false;
      release();
    }
  }

  void close() {
    for (Worker worker : workers) {
      worker.close();
    }
  }

  private void hold() {
    for (Worker worker : workers) {
      worker.hold();
    }
    for (Worker worker : workers) {
      worker.awaitHeld();
    }
  }

  private void release() {
    for (Worker worker : workers) {
      worker.release();
    }
  }

  /** The driver has notified a queue, or claims so. */
  void notified(int queue) {
    if (queue >= 0 && queue < queues.length) {
      metrics.notifications.increment();
      workers[device.workerOf(queue)].wake();
    }
  }

  private static boolean serving(int status) {
    return (status & (Status.DRIVER_OK | Status.NEEDS_RESET)) == Status.DRIVER_OK;
  }

  private void serve(int worker) {
    if (serving(status.get())) {
      contained(() -> device.serve(worker));
    }
  }

  private void settle() {
    contained(device::settle);
  }

  /** What a device does with its queues. */
  private interface QueueWork {
    void run() throws MalformedQueueException;
  }

  /** Runs a part of the device; whatever it throws ends here. */
  private void contained(QueueWork work) {
    try {
      work.run();
    } catch (MalformedQueueException e) {
      needsReset(e);
    } catch (RuntimeException e) {
      // A fault of ours; the guest loses this device, not the machine. A guest that can repeat it
      // must not fill the log.
      metrics.faults.increment();
      if (faultReported.compareAndSet(false, true)) {
        LOG.log(Level.WARNING, name + ": fault in the device", e);
      }
      needsReset(e);
    }
  }

  /** The device stops until the driver resets it (virtio 1.2, section 2.1.2). */
  void needsReset(Exception reason) {
    int old = status.getAndUpdate(bits -> bits | Status.NEEDS_RESET);
    if ((old & Status.NEEDS_RESET) == 0) {
      metrics.needsReset.increment();
      LOG.log(Level.DEBUG, () -> name + " needs a reset: " + reason.getMessage());
      if ((old & Status.DRIVER_OK) != 0) {
        interrupts.raise(InterruptStatus.CONFIGURATION_CHANGE);
      }
    }
  }

  @Override
  public GuestMemory memory() {
    return memory;
  }

  @Override
  public boolean negotiated(int bit) {
    return Feature.in(features, bit);
  }

  @Override
  public Virtqueue queue(int index) {
    return queues[index];
  }

  @Override
  public boolean yielding(int worker) {
    return workers[worker].yielding();
  }

  @Override
  public void wake(int worker) {
    workers[worker].wake();
  }

  @Override
  public void configurationChanged() {
    interrupts.raise(InterruptStatus.CONFIGURATION_CHANGE);
  }
}
