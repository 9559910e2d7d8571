package org.javisor.virtio.driver;

import java.util.ArrayList;
import java.util.List;
import org.javisor.machine.GuestMemory;
import org.javisor.virtio.mmio.VirtioMmioTransport;

/** Finds, negotiates with and runs one device through its registers. */
public final class GuestDriver {
  private VirtioMmioTransport<?> transport;
  private final GuestMemory memory;
  private final TestLine line;
  private final DriverOptions options;
  private final List<DriverQueue> queues = new ArrayList<>();

  /** A driver for a device that nothing has been done to. */
  public GuestDriver(
      VirtioMmioTransport<?> transport, GuestMemory memory, TestLine line, DriverOptions options) {
    this.transport = transport;
    this.memory = memory;
    this.line = line;
    this.options = options;
  }

  /** Goes on with another transport that has taken the state of the one before. */
  public void moveTo(VirtioMmioTransport<?> other) {
    transport = other;
  }

  /** Reads a 32-bit register. */
  public int read(int offset) {
    return (int) transport.read(offset, 4);
  }

  /** Writes a 32-bit register. */
  public void write(int offset, int value) {
    transport.write(offset, 4, value);
  }

  /** The feature bits the device offers. */
  public long offeredFeatures() {
    write(0x14, 0);
    long low = read(0x10) & 0xffff_ffffL;
    write(0x14, 1);
    return low | (long) read(0x10) << 32;
  }

  /**
   * Resets the device and sets it up with all its queues.
   *
   * @param deviceFeatures the device type's features to accept if offered
   * @param queueSize entries of each queue
   */
  public void start(Arena arena, long deviceFeatures, int queueSize) {
    if (read(0) != 0x74726976 || read(4) != 2) {
      throw new AssertionError("not a virtio-mmio device of version 2");
    }
    write(0x70, 0);
    expectStatus(0);
    write(0x70, 1);
    write(0x70, 3);
    long wanted =
        deviceFeatures
            | 1L << 32
            | (options.indirect() ? 1L << 28 : 0)
            | (options.eventIndex() ? 1L << 29 : 0)
            | (options.packed() ? 1L << 34 : 0);
    long accepted = wanted & offeredFeatures();
    write(0x24, 0);
    write(0x20, (int) accepted);
    write(0x24, 1);
    write(0x20, (int) (accepted >>> 32));
    write(0x70, 11);
    expectStatus(11);
    queues.clear();
    for (int i = 0; ; i++) {
      write(0x30, i);
      int maximum = read(0x34);
      if (maximum == 0) {
        break;
      }
      DriverQueue queue = DriverQueue.create(memory, arena, Math.min(maximum, queueSize), options);
      queues.add(queue);
      write(0x38, queue.size);
      writeAddress(0x80, queue.descriptorArea);
      writeAddress(0x90, queue.driverArea);
      writeAddress(0xa0, queue.deviceArea);
      write(0x44, 1);
    }
    write(0x70, 15);
    expectStatus(15);
  }

  private void writeAddress(int offset, long gpa) {
    write(offset, (int) gpa);
    write(offset + 4, (int) (gpa >>> 32));
  }

  private void expectStatus(int expected) {
    if (read(0x70) != expected) {
      throw new AssertionError("status " + read(0x70) + ", not " + expected);
    }
  }

  /** The queues, after {@link #start}. */
  public List<DriverQueue> queues() {
    return queues;
  }

  /** Notifies the device of what was added to a queue, if it wants that. */
  public void kick(int queue) {
    if (queues.get(queue).notificationWanted()) {
      write(0x50, queue);
    }
  }

  /** Waits for an interrupt, acknowledges it, and returns the interrupt status. */
  public int awaitInterrupt() {
    line.awaitHigh();
    int status = read(0x60);
    write(0x64, status);
    return status;
  }

  /** Sleeps until the device has used a buffer of a queue. */
  public Used await(int index) {
    DriverQueue queue = queues.get(index);
    while (true) {
      queue.disableInterrupts();
      Used used = queue.take();
      if (used != null) {
        return used;
      }
      if (!queue.enableInterrupts()) {
        awaitInterrupt();
        if ((read(0x70) & 64) != 0) {
          throw new AssertionError("the device needs a reset");
        }
      }
    }
  }

  /** Adds one buffer, and waits until the device has used it. */
  public Used roundTrip(int index, List<Piece> readable, List<Piece> writable) {
    int token = queues.get(index).add(readable, writable);
    kick(index);
    Used used = await(index);
    if (used.token() != token) {
      throw new AssertionError("used " + used.token() + " instead of " + token);
    }
    return used;
  }
}
