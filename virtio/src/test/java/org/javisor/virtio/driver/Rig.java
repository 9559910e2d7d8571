package org.javisor.virtio.driver;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.javisor.machine.GuestMemory;
import org.javisor.machine.SavedState;
import org.javisor.machine.StateCodec;
import org.javisor.virtio.VirtioDevice;
import org.javisor.virtio.mmio.TransportConfiguration;
import org.javisor.virtio.mmio.VirtioMmioTransport;

/** A device with all that is around it: memory, transport, interrupt line, driver. */
public final class Rig<S extends SavedState> implements AutoCloseable {
  /** Guest physical address of the memory. */
  public static final long BASE = 0x8000_0000L;

  private final GuestMemory memory;
  private final TestLine line = new TestLine();
  private VirtioMmioTransport<S> transport;
  private final GuestDriver driver;
  private Arena arena;

  /** A device that nothing has been done to, with 16 MiB of guest memory. */
  public Rig(VirtioDevice<S> device, DriverOptions options) {
    this(device, options, GuestMemory.allocate(BASE, 16 << 20));
  }

  /** A device that nothing has been done to. */
  public Rig(VirtioDevice<S> device, DriverOptions options, GuestMemory memory) {
    this.memory = memory;
    transport = transport(device);
    driver = new GuestDriver(transport, memory, line, options);
    arena = new Arena(memory);
  }

  private VirtioMmioTransport<S> transport(VirtioDevice<S> device) {
    return new VirtioMmioTransport<>(
        "device", memory, line, device, TransportConfiguration.complete());
  }

  /**
   * Stops the device, moves its state through a stream into another one, and lets that go on; the
   * driver notices nothing.
   */
  public void migrate(VirtioDevice<S> destination) throws IOException {
    transport.pause();
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    StateCodec.write(stream, transport.save());
    transport.close();
    line.set(false);
    transport = transport(destination);
    driver.moveTo(transport);
    transport.pause();
    transport.restore(
        StateCodec.read(new ByteArrayInputStream(stream.toByteArray()), destination.stateType()));
    transport.resume();
  }

  /** Sets the device up with all features it offers that are among these. */
  public Rig<S> start(long features, int queueSize) {
    driver.start(arena, features, queueSize);
    arena = arena.rest();
    return this;
  }

  public GuestMemory memory() {
    return memory;
  }

  public TestLine line() {
    return line;
  }

  public VirtioMmioTransport<S> transport() {
    return transport;
  }

  public GuestDriver driver() {
    return driver;
  }

  /** Memory behind the queues, to be emptied by the test. */
  public Arena arena() {
    return arena;
  }

  @Override
  public void close() {
    transport.close();
    memory.close();
  }
}
