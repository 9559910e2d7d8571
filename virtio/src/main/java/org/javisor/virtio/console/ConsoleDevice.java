package org.javisor.virtio.console;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.javisor.machine.SavedStateException;
import org.javisor.virtio.Activation;
import org.javisor.virtio.ConfigurationSpace;
import org.javisor.virtio.TransportState;
import org.javisor.virtio.VirtioDevice;
import org.javisor.virtio.queue.DescriptorChain;
import org.javisor.virtio.queue.GuestBuffer;
import org.javisor.virtio.queue.MalformedQueueException;
import org.javisor.virtio.queue.Virtqueue;
import org.jspecify.annotations.Nullable;

/**
 * A console with several ports (virtio 1.2, section 5.3), served by one worker. Queues 0 and 1 are
 * the first port's, 2 and 3 carry control messages, the other ports' follow.
 */
public final class ConsoleDevice implements VirtioDevice<ConsoleState> {
  private static final int TYPE = 3;
  private static final int FEATURE_SIZE = 0;
  private static final int FEATURE_MULTIPORT = 1;

  private static final int COLUMNS = 0;
  private static final int ROWS = 2;
  private static final int PORTS = 4;
  private static final int CONFIGURATION_SIZE = 12;

  private static final int CONTROL_RECEIVE = 2;
  private static final int CONTROL_TRANSMIT = 3;
  private static final int WORKER = 0;

  /** Control messages of the guest served before the ports have their turn. */
  private static final int TURN = 64;

  private final ConsoleConfiguration configuration;
  private final ConfigurationSpace space = new ConfigurationSpace(CONFIGURATION_SIZE);
  private final ConsoleMetrics metrics = new ConsoleMetrics();
  private final List<Port> ports = new ArrayList<>();
  private final byte[] buffer = new byte[16 * 1024];
  private volatile @Nullable Active active;

  /** The size asked for and not yet shown to the guest. */
  private final AtomicReference<@Nullable Size> newSize = new AtomicReference<>();

  private record Active(Activation activation, DescriptorChain chain) {}

  private record Size(int columns, int rows) {}

  /** A device with the given ports. */
  public ConsoleDevice(ConsoleConfiguration configuration) {
    this.configuration = configuration;
    for (PortConfiguration port : configuration.ports()) {
      ports.add(new Port(ports.size(), port, metrics));
      port.backend().attach(this::wake);
    }
    space.set(COLUMNS, 2, configuration.columns());
    space.set(ROWS, 2, configuration.rows());
    space.set(PORTS, 4, ports.size());
  }

  private void wake() {
    Active current = active;
    if (current != null) {
      current.activation.wake(WORKER);
    }
  }

  /** What the device has done. */
  public ConsoleMetrics metrics() {
    return metrics;
  }

  /**
   * Gives the terminals another size; from any thread.
   *
   * @param columns 0 to 65535
   * @param rows 0 to 65535
   */
  public void resize(int columns, int rows) {
    if ((columns | rows) >>> 16 != 0) {
      throw new IllegalArgumentException("terminal of " + columns + " x " + rows);
    }
    // Only the worker shows it to the guest, so that a paused machine sees nothing.
    newSize.set(new Size(columns, rows));
    wake();
  }

  @Override
  public int type() {
    return TYPE;
  }

  @Override
  public long features() {
    return 1L << FEATURE_SIZE | 1L << FEATURE_MULTIPORT;
  }

  @Override
  public int[] queueSizes() {
    int[] sizes = new int[2 * ports.size() + 2];
    Arrays.fill(sizes, configuration.queueSize());
    return sizes;
  }

  @Override
  public int workers() {
    return 1;
  }

  @Override
  public int workerOf(int queue) {
    return WORKER;
  }

  @Override
  public ConfigurationSpace configuration() {
    return space;
  }

  @Override
  public void activate(Activation activation) {
    applySize();
    if (!activation.negotiated(FEATURE_MULTIPORT)) {
      ports.getFirst().openAlways();
    }
    active = new Active(activation, new DescriptorChain(activation.memory()));
  }

  @Override
  public void serve(int worker) throws MalformedQueueException {
    Active current = active;
    if (current == null) {
      return;
    }
    Activation activation = current.activation;
    boolean multiport = activation.negotiated(FEATURE_MULTIPORT);
    if (applySize() && activation.negotiated(FEATURE_SIZE)) {
      activation.configurationChanged();
    }
    boolean again = multiport && takeControl(current);
    for (Port port : multiport ? ports : ports.subList(0, 1)) {
      if (activation.yielding(WORKER)) {
        return;
      }
      again |=
          port.transmit(
              activation.queue(port.transmitQueue()),
              current.chain,
              buffer,
              () -> activation.yielding(WORKER));
      again |= port.receive(activation.queue(port.receiveQueue()), current.chain, buffer);
    }
    // Last, so that an end of input follows the input.
    again |= multiport && sendControl(current);
    if (again) {
      activation.wake(WORKER);
    }
  }

  /** Gives the host the output that its ends have room for. */
  @Override
  public void settle() throws MalformedQueueException {
    Active current = active;
    if (current == null) {
      return;
    }
    Activation activation = current.activation;
    boolean multiport = activation.negotiated(FEATURE_MULTIPORT);
    for (Port port : multiport ? ports : ports.subList(0, 1)) {
      Virtqueue queue = activation.queue(port.transmitQueue());
      // Bounded, because in a reset another vCPU may still be adding output.
      for (int turn = 0; turn < TURN; turn++) {
        if (!port.transmit(queue, current.chain, buffer, () -> false)) {
          break;
        }
      }
    }
  }

  /** Shows a new size in the configuration fields; whether there was one. */
  private boolean applySize() {
    Size size = newSize.getAndSet(null);
    if (size == null) {
      return false;
    }
    space.update(COLUMNS, 2, size.columns);
    space.update(ROWS, 2, size.rows);
    for (Port port : ports) {
      if (port.configuration.console()) {
        port.note(Port.SEND_RESIZE);
      }
    }
    return true;
  }

  private boolean takeControl(Active current) throws MalformedQueueException {
    Virtqueue queue = current.activation.queue(CONTROL_TRANSMIT);
    queue.suppressNotifications();
    for (int turn = 0; turn < TURN; turn++) {
      if (!queue.poll(current.chain)) {
        return queue.requestNotifications();
      }
      GuestBuffer message = current.chain.readable();
      if (message.length() >= ControlMessage.BYTES) {
        int port = message.readInt();
        int event = message.readUnsignedShort();
        int value = message.readUnsignedShort();
        controlled(port, event, value);
      }
      queue.finish(current.chain, 0);
      queue.publish();
    }
    return true;
  }

  private void controlled(int id, int event, int value) {
    if (event == ControlMessage.DEVICE_READY) {
      if (value == 1) {
        ports.forEach(Port::introduce);
      }
      return;
    }
    if (id < 0 || id >= ports.size()) {
      return;
    }
    Port port = ports.get(id);
    switch (event) {
      case ControlMessage.PORT_READY -> {
        if (value == 1) {
          port.becomeReady();
        }
      }
      case ControlMessage.PORT_OPEN -> port.guestOpen(value == 1);
      default -> {
        // Messages that only a device sends, or unknown ones.
      }
    }
  }

  private boolean sendControl(Active current) throws MalformedQueueException {
    Virtqueue queue = current.activation.queue(CONTROL_RECEIVE);
    queue.suppressNotifications();
    for (Port port : ports) {
      for (int left = port.messages(); left != 0; left &= left - 1) {
        int message = Integer.lowestOneBit(left);
        if (!queue.poll(current.chain)) {
          queue.publish();
          return queue.requestNotifications();
        }
        int length = write(port, message, current.chain.writable());
        queue.finish(current.chain, length);
        port.sent(message);
      }
    }
    queue.publish();
    return false;
  }

  private int write(Port port, int message, GuestBuffer buffer) throws MalformedQueueException {
    byte[] name = port.configuration.name().getBytes(StandardCharsets.US_ASCII);
    int length =
        switch (message) {
          case Port.SEND_NAME -> ControlMessage.BYTES + name.length;
          case Port.SEND_RESIZE -> ControlMessage.BYTES + 4;
          default -> ControlMessage.BYTES;
        };
    if (buffer.length() < length) {
      throw new MalformedQueueException("a control buffer too small for its message");
    }
    buffer.writeInt(port.id);
    switch (message) {
      case Port.SEND_ADD -> event(buffer, ControlMessage.PORT_ADD, 1);
      case Port.SEND_CONSOLE -> event(buffer, ControlMessage.CONSOLE_PORT, 1);
      case Port.SEND_OPEN -> event(buffer, ControlMessage.PORT_OPEN, port.announceOpen() ? 1 : 0);
      case Port.SEND_RESIZE -> {
        event(buffer, ControlMessage.RESIZE, 0);
        buffer.writeShort((int) space.read(COLUMNS, 2));
        buffer.writeShort((int) space.read(ROWS, 2));
      }
      case Port.SEND_NAME -> {
        event(buffer, ControlMessage.PORT_NAME, 1);
        buffer.write(name, 0, name.length);
      }
      default -> throw new IllegalStateException("message " + message);
    }
    return length;
  }

  private static void event(GuestBuffer buffer, int event, int value) {
    buffer.writeShort(event);
    buffer.writeShort(value);
  }

  @Override
  public void reset() {
    active = null;
    ports.forEach(Port::reset);
  }

  @Override
  public Class<ConsoleState> stateType() {
    return ConsoleState.class;
  }

  @Override
  public ConsoleState save(TransportState transport) {
    return new ConsoleState(
        transport,
        (int) space.read(COLUMNS, 2),
        (int) space.read(ROWS, 2),
        ports.stream().map(Port::save).toList());
  }

  @Override
  public TransportState transportOf(ConsoleState state) {
    return state.transport();
  }

  @Override
  public void restore(ConsoleState state) {
    if (state.ports().size() != ports.size()) {
      throw new SavedStateException(
          "the state is of a console with " + state.ports().size() + " ports");
    }
    space.set(COLUMNS, 2, state.columns());
    space.set(ROWS, 2, state.rows());
    for (int i = 0; i < ports.size(); i++) {
      ports.get(i).restore(state.ports().get(i));
    }
  }
}
