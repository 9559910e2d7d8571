package org.javisor.virtio.mmio;

import static org.javisor.virtio.mmio.QueueRegisters.withHalf;

import java.util.ArrayList;
import java.util.List;
import org.javisor.machine.Device;
import org.javisor.machine.GuestMemory;
import org.javisor.machine.InterruptLine;
import org.javisor.machine.MmioHandler;
import org.javisor.machine.SavedState;
import org.javisor.machine.SavedStateException;
import org.javisor.machine.Snapshottable;
import org.javisor.virtio.QueueState;
import org.javisor.virtio.TransportState;
import org.javisor.virtio.VirtioDevice;
import org.javisor.virtio.queue.MalformedQueueException;

/**
 * The registers of one virtio device (virtio 1.2, section 4.2.2), {@link #SIZE} bytes to be mapped
 * on the address bus.
 *
 * <p>The registers are guarded by one lock, which a reset holds until the workers have returned.
 * Workers never take it. Notifications pass without it.
 *
 * @param <S> the record of the saved state of device and transport
 */
public final class VirtioMmioTransport<S extends SavedState>
    implements Device, MmioHandler, Snapshottable<S> {
  /** Bytes of guest physical address space that the registers take. */
  public static final long SIZE = 0x1000;

  /** "JAVI", little-endian. */
  private static final int VENDOR = 0x4956414a;

  private final String name;
  private final VirtioDevice<S> device;
  private final TransportMetrics metrics = new TransportMetrics();
  private final InterruptStatus interrupts;
  private final ActiveDevice<S> active;
  private final long offeredFeatures;
  private final QueueRegisters[] queues;

  private long driverFeatures;
  private int deviceFeaturesSelect;
  private int driverFeaturesSelect;
  private int queueSelect;

  /**
   * A transport in front of a device.
   *
   * @param name unique within the machine
   * @param line the device's interrupt, level-triggered
   */
  public VirtioMmioTransport(
      String name,
      GuestMemory memory,
      InterruptLine line,
      VirtioDevice<S> device,
      TransportConfiguration configuration) {
    this.name = name;
    this.device = device;
    this.interrupts = new InterruptStatus(line, metrics);
    this.active = new ActiveDevice<>(name, memory, device, interrupts, metrics);
    this.offeredFeatures =
        device.features()
            | 1L << Feature.VERSION_1
            | (configuration.indirect() ? 1L << Feature.INDIRECT : 0)
            | (configuration.eventIndex() ? 1L << Feature.EVENT_INDEX : 0)
            | (configuration.packed() ? 1L << Feature.RING_PACKED : 0);
    int[] sizes = device.queueSizes();
    this.queues = new QueueRegisters[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      queues[i] = new QueueRegisters(sizes[i]);
    }
  }

  @Override
  public String name() {
    return name;
  }

  /** The device behind this transport. */
  public VirtioDevice<S> device() {
    return device;
  }

  /** What has passed through. */
  public TransportMetrics metrics() {
    return metrics;
  }

  @Override
  public long read(long offset, int size) {
    if (offset >= Register.CONFIGURATION) {
      return device.configuration().read(offset - Register.CONFIGURATION, size);
    }
    // Registers are 32 bits wide and accessed as such (virtio 1.2, section 4.2.2.2).
    if (size != 4 || (offset & 3) != 0) {
      return 0;
    }
    if (offset == Register.INTERRUPT_STATUS) {
      return interrupts.bits();
    }
    synchronized (this) {
      return readRegister((int) offset);
    }
  }

  private int readRegister(int offset) {
    return switch (offset) {
      case Register.MAGIC_VALUE -> Register.MAGIC;
      case Register.VERSION -> 2;
      case Register.DEVICE_ID -> device.type();
      case Register.VENDOR_ID -> VENDOR;
      case Register.DEVICE_FEATURES -> half(offeredFeatures, deviceFeaturesSelect);
      case Register.QUEUE_SIZE_MAXIMUM -> queueSelected() ? queue().maximumSize : 0;
      case Register.QUEUE_READY -> queueSelected() && queue().ready ? 1 : 0;
      case Register.STATUS -> active.status();
      // There are no shared memory regions: length and base of each are all ones.
      case Register.SHARED_MEMORY_LENGTH_LOW,
          Register.SHARED_MEMORY_LENGTH_HIGH,
          Register.SHARED_MEMORY_BASE_LOW,
          Register.SHARED_MEMORY_BASE_HIGH ->
          -1;
      case Register.CONFIGURATION_GENERATION -> device.configuration().generation();
      default -> 0;
    };
  }

  @Override
  public void write(long offset, int size, long value) {
    if (offset >= Register.CONFIGURATION) {
      if (offset < SIZE) {
        device.configurationWritten((int) offset - Register.CONFIGURATION, size, value);
      }
      return;
    }
    if (size != 4 || (offset & 3) != 0) {
      return;
    }
    switch ((int) offset) {
      case Register.QUEUE_NOTIFY -> active.notified((int) value);
      case Register.INTERRUPT_ACKNOWLEDGE -> interrupts.acknowledge((int) value);
      default -> {
        synchronized (this) {
          writeRegister((int) offset, (int) value);
        }
      }
    }
  }

  private void writeRegister(int offset, int value) {
    switch (offset) {
      case Register.DEVICE_FEATURES_SELECT -> deviceFeaturesSelect = value;
      case Register.DRIVER_FEATURES_SELECT -> driverFeaturesSelect = value;
      case Register.DRIVER_FEATURES -> writeDriverFeatures(value);
      case Register.QUEUE_SELECT -> queueSelect = value;
      case Register.STATUS -> writeStatus(value & 0xff);
      default -> {
        if (queueSelected()) {
          writeQueueRegister(queue(), offset, value);
        }
      }
    }
  }

  private void writeDriverFeatures(int value) {
    // Frozen once agreed on: the queues' layout and the device's behaviour rest on them.
    if ((active.status() & Status.FEATURES_OK) == 0
        && (driverFeaturesSelect == 0 || driverFeaturesSelect == 1)) {
      driverFeatures = withHalf(driverFeatures, driverFeaturesSelect == 1, value);
    }
  }

  private void writeStatus(int wanted) {
    int current = active.status();
    if (wanted == 0) {
      resetDevice();
      return;
    }
    if (!Status.permitted(current, wanted)) {
      return;
    }
    int added = wanted & ~current & ~Status.NEEDS_RESET;
    if ((added & Status.FEATURES_OK) != 0 && !featuresAcceptable()) {
      // The driver reads the status back to learn that FEATURES_OK was refused.
      added &= ~(Status.FEATURES_OK | Status.DRIVER_OK);
    }
    active.addStatus(added & ~Status.DRIVER_OK);
    if ((added & Status.DRIVER_OK) != 0) {
      active.start(driverFeatures, queues);
    }
  }

  private boolean featuresAcceptable() {
    return (driverFeatures & ~offeredFeatures) == 0
        && Feature.in(driverFeatures, Feature.VERSION_1);
  }

  private void writeQueueRegister(QueueRegisters queue, int offset, int value) {
    if (offset == Register.QUEUE_READY) {
      writeQueueReady(queue, value);
      return;
    }
    // A queue in use does not move.
    if (queue.ready) {
      return;
    }
    switch (offset) {
      case Register.QUEUE_SIZE -> queue.size = value;
      case Register.QUEUE_DESCRIPTOR_LOW ->
          queue.descriptorArea = withHalf(queue.descriptorArea, false, value);
      case Register.QUEUE_DESCRIPTOR_HIGH ->
          queue.descriptorArea = withHalf(queue.descriptorArea, true, value);
      case Register.QUEUE_DRIVER_LOW -> queue.driverArea = withHalf(queue.driverArea, false, value);
      case Register.QUEUE_DRIVER_HIGH -> queue.driverArea = withHalf(queue.driverArea, true, value);
      case Register.QUEUE_DEVICE_LOW -> queue.deviceArea = withHalf(queue.deviceArea, false, value);
      case Register.QUEUE_DEVICE_HIGH -> queue.deviceArea = withHalf(queue.deviceArea, true, value);
      default -> {
        // Read-only or without meaning.
      }
    }
  }

  private void writeQueueReady(QueueRegisters queue, int value) {
    int status = active.status();
    if (value == 0) {
      if (queue.ready) {
        queue.ready = false;
        active.stopQueue(queueSelect);
      }
      return;
    }
    // Queues are set up between the agreement on features and DRIVER_OK (section 3.1.1).
    if (queue.ready
        || (status & Status.FEATURES_OK) == 0
        || (status & (Status.DRIVER_OK | Status.NEEDS_RESET)) != 0) {
      return;
    }
    try {
      if (queue.size < 1 || queue.size > queue.maximumSize) {
        throw new MalformedQueueException("queue of " + queue.size + " entries");
      }
      active.checkQueue(driverFeatures, queue);
      queue.ready = true;
    } catch (MalformedQueueException e) {
      active.needsReset(e);
    }
  }

  private boolean queueSelected() {
    return queueSelect >= 0 && queueSelect < queues.length;
  }

  private QueueRegisters queue() {
    return queues[queueSelect];
  }

  private static int half(long value, int select) {
    return switch (select) {
      case 0 -> (int) value;
      case 1 -> (int) (value >>> 32);
      default -> 0;
    };
  }

  private void resetDevice() {
    metrics.resets.increment();
    active.stop();
    device.reset();
    for (QueueRegisters queue : queues) {
      queue.reset();
    }
    driverFeatures = 0;
    deviceFeaturesSelect = 0;
    driverFeaturesSelect = 0;
    queueSelect = 0;
    interrupts.set(0);
  }

  @Override
  public synchronized void reset() {
    resetDevice();
  }

  @Override
  public void pause() {
    active.pause();
  }

  @Override
  public void resume() {
    active.resume();
  }

  @Override
  public void close() {
    active.close();
    device.close();
  }

  @Override
  public Class<S> stateType() {
    return device.stateType();
  }

  @Override
  public synchronized S save() {
    List<QueueState> states = new ArrayList<>();
    for (int i = 0; i < queues.length; i++) {
      states.add(
          queues[i].save(active.queue(i).availablePosition(), active.queue(i).usedPosition()));
    }
    return device.save(
        new TransportState(
            device.type(),
            active.status(),
            driverFeatures,
            deviceFeaturesSelect,
            driverFeaturesSelect,
            queueSelect,
            interrupts.bits(),
            device.configuration().generation(),
            states));
  }

  @Override
  public synchronized void restore(S state) {
    TransportState transport = device.transportOf(state);
    boolean agreed = (transport.status() & Status.FEATURES_OK) != 0;
    if (transport.deviceType() != device.type()
        || transport.queues().size() != queues.length
        || !Status.permitted(0, transport.status())
        || (agreed && (transport.driverFeatures() & ~offeredFeatures) != 0)) {
      throw new SavedStateException(name + ": the state is of another device");
    }
    resetDevice();
    driverFeatures = transport.driverFeatures();
    deviceFeaturesSelect = transport.deviceFeaturesSelect();
    driverFeaturesSelect = transport.driverFeaturesSelect();
    queueSelect = transport.queueSelect();
    device.configuration().restoreGeneration(transport.configurationGeneration());
    for (int i = 0; i < queues.length; i++) {
      QueueState queue = transport.queues().get(i);
      if (queue.ready() && (queue.size() < 1 || queue.size() > queues[i].maximumSize)) {
        throw new SavedStateException(name + ": queue of " + queue.size() + " entries");
      }
      queues[i].restore(queue);
    }
    active.addStatus(transport.status() & ~Status.DRIVER_OK);
    if ((transport.status() & Status.DRIVER_OK) != 0) {
      active.start(driverFeatures, queues, transport.queues());
    }
    device.restore(state);
    interrupts.set(transport.interruptStatus());
  }
}
