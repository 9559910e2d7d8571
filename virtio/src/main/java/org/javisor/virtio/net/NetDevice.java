package org.javisor.virtio.net;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
 * A network device (virtio 1.2, section 5.1). Queue 0 receives, 1 transmits, 2 takes control
 * commands. One worker receives, another one does the rest.
 *
 * <p>The guest may leave checksums and the cutting of TCP segments to the receiver. What it gets
 * from others is completed here, as far as it has not agreed to do that itself; a frame between two
 * Linux guests stays as it is, of up to 64 KiB.
 */
public final class NetDevice implements VirtioDevice<NetState>, FrameReceiver {
  private static final int TYPE = 1;
  private static final int FEATURE_CHECKSUM = 0;
  private static final int FEATURE_GUEST_CHECKSUM = 1;
  private static final int FEATURE_MTU = 3;
  private static final int FEATURE_MAC = 5;
  private static final int FEATURE_GUEST_TCP4 = 7;
  private static final int FEATURE_GUEST_TCP6 = 8;
  private static final int FEATURE_HOST_TCP4 = 11;
  private static final int FEATURE_HOST_TCP6 = 12;
  private static final int FEATURE_MERGEABLE = 15;
  private static final int FEATURE_STATUS = 16;
  private static final int FEATURE_CONTROL = 17;
  private static final int FEATURE_CONTROL_RECEIVE = 18;
  private static final int FEATURE_CONTROL_RECEIVE_EXTRA = 20;
  private static final int FEATURE_CONTROL_MAC = 23;

  private static final int MAC = 0;
  private static final int STATUS = 6;
  private static final int MTU = 10;
  private static final int CONFIGURATION_SIZE = 12;
  private static final int LINK_UP = 1;

  private static final int RECEIVE = 0;
  private static final int TRANSMIT = 1;
  private static final int CONTROL = 2;
  private static final int RECEIVE_WORKER = 0;
  private static final int OTHER_WORKER = 1;

  /** Chains served before another queue of the same worker has its turn. */
  private static final int TURN = 64;

  private final NetConfiguration configuration;
  private final FramePort port;
  private final ConfigurationSpace space = new ConfigurationSpace(CONFIGURATION_SIZE);
  private final NetMetrics metrics = new NetMetrics();
  private final FrameQueue waiting = new FrameQueue();
  private volatile ReceiveFilter filter;
  private volatile @Nullable Active active;

  /** Whether the port has counted the frame at the head of the queue; the receiving worker's. */
  private boolean admitted;

  /** The state of the link that the guest is still to be told, or null. */
  private final AtomicReference<@Nullable Boolean> newLink = new AtomicReference<>();

  /**
   * What lasts from the driver's readiness to the next reset.
   *
   * @param resting set while the rate of the port has nothing left; the receiving worker is woken
   *     when there is
   * @param header a sent frame's
   */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
  private record Active(
      Activation activation,
      FrameDelivery delivery,
      OffloadSupport sends,
      OffloadSupport receives,
      AtomicBoolean resting,
      DescriptorChain chain,
      byte[] header) {}

  /** A device at the end of the given cable. */
  public NetDevice(NetConfiguration configuration, FramePort port) {
    this.configuration = configuration;
    this.port = port;
    this.filter = ReceiveFilter.initial(configuration.mac().bits());
    writeMac(configuration.mac().bits());
    space.set(STATUS, 2, LINK_UP);
    space.set(MTU, 2, configuration.mtu());
    port.connect(this);
  }

  private void writeMac(long bits) {
    for (int i = 0; i < MacAddress.BYTES; i++) {
      space.set(MAC + i, 1, bits >>> (40 - 8 * i));
    }
  }

  private long readMac() {
    return Long.reverseBytes(space.read(MAC, 6)) >>> 16;
  }

  /** What the device has done. */
  public NetMetrics metrics() {
    return metrics;
  }

  /** Plugs the cable in or out, as the guest sees it; from any thread. */
  public void linkUp(boolean up) {
    newLink.set(up);
    Active current = active;
    if (current != null) {
      current.activation.wake(OTHER_WORKER);
    }
  }

  /**
   * Gives the device another address and tells the driver that its configuration has changed. Linux
   * reads the address only when it takes a device into use: something in the guest has to set it.
   * Called while the machine is paused.
   */
  public void changeAddress(MacAddress address) {
    for (int i = 0; i < MacAddress.BYTES; i++) {
      space.update(MAC + i, 1, address.bits() >>> (40 - 8 * i));
    }
    filter = filter.withOwn(address.bits());
    Active current = active;
    if (current != null) {
      current.activation.configurationChanged();
    }
  }

  /** A frame for the guest; waits in a bounded queue until the guest takes it. */
  @Override
  public boolean receive(Frame frame, Object sender) {
    Active current = active;
    if (current == null || !enqueue(current.receives, frame, sender)) {
      metrics.receivesDropped.increment();
      return false;
    }
    if (!current.resting.get()) {
      current.activation.wake(RECEIVE_WORKER);
    }
    return true;
  }

  private boolean enqueue(OffloadSupport receives, Frame frame, Object sender) {
    int room = port.waitingBytes();
    if (receives.takes(frame.offload())) {
      return waiting.offer(frame, sender, room);
    }
    boolean any = false;
    for (Frame part : receives.adapt(frame)) {
      any |= waiting.offer(part, sender, room);
    }
    return any;
  }

  @Override
  public int type() {
    return TYPE;
  }

  @Override
  public long features() {
    return 1L << FEATURE_CHECKSUM
        | 1L << FEATURE_GUEST_CHECKSUM
        | 1L << FEATURE_GUEST_TCP4
        | 1L << FEATURE_GUEST_TCP6
        | 1L << FEATURE_HOST_TCP4
        | 1L << FEATURE_HOST_TCP6
        | 1L << FEATURE_MTU
        | 1L << FEATURE_MAC
        | 1L << FEATURE_MERGEABLE
        | 1L << FEATURE_STATUS
        | 1L << FEATURE_CONTROL
        | 1L << FEATURE_CONTROL_RECEIVE
        | 1L << FEATURE_CONTROL_RECEIVE_EXTRA
        | 1L << FEATURE_CONTROL_MAC;
  }

  @Override
  public int[] queueSizes() {
    return new int[] {configuration.queueSize(), configuration.queueSize(), 64};
  }

  @Override
  public int workers() {
    return 2;
  }

  @Override
  public int workerOf(int queue) {
    return queue == RECEIVE ? RECEIVE_WORKER : OTHER_WORKER;
  }

  @Override
  public ConfigurationSpace configuration() {
    return space;
  }

  @Override
  public void activate(Activation activation) {
    OffloadSupport sends =
        new OffloadSupport(
            activation.negotiated(FEATURE_CHECKSUM),
            activation.negotiated(FEATURE_HOST_TCP4),
            activation.negotiated(FEATURE_HOST_TCP6));
    OffloadSupport receives =
        new OffloadSupport(
            activation.negotiated(FEATURE_GUEST_CHECKSUM),
            activation.negotiated(FEATURE_GUEST_TCP4),
            activation.negotiated(FEATURE_GUEST_TCP6));
    FrameDelivery delivery =
        new FrameDelivery(
            activation.memory(), activation.negotiated(FEATURE_MERGEABLE), receives.checksum());
    active =
        new Active(
            activation,
            delivery,
            sends,
            receives,
            new AtomicBoolean(),
            new DescriptorChain(activation.memory()),
            new byte[FrameHeader.BYTES]);
  }

  @Override
  public void serve(int worker) throws MalformedQueueException {
    Active current = active;
    if (current == null) {
      return;
    }
    boolean again;
    if (worker == RECEIVE_WORKER) {
      again = deliver(current);
    } else {
      showLink(current.activation);
      again = transmit(current);
      again |= control(current);
    }
    if (again) {
      current.activation.wake(worker);
    }
  }

  private void showLink(Activation activation) {
    Boolean up = newLink.getAndSet(null);
    if (up != null) {
      space.update(STATUS, 2, up ? LINK_UP : 0);
      if (activation.negotiated(FEATURE_STATUS)) {
        activation.configurationChanged();
      }
    }
  }

  private boolean deliver(Active current) throws MalformedQueueException {
    Virtqueue queue = current.activation.queue(RECEIVE);
    queue.suppressNotifications();
    for (int turn = 0; turn < TURN && !current.activation.yielding(RECEIVE_WORKER); turn++) {
      Frame frame = waiting.peek();
      if (frame == null) {
        return false;
      }
      if (!filter.wants(frame.bytes())) {
        metrics.receivesFiltered.increment();
        removeHead();
        continue;
      }
      if (!admits(current, frame)) {
        return false;
      }
      switch (current.delivery.deliver(queue, frame)) {
        case DELIVERED -> {
          metrics.framesReceived.increment();
          metrics.bytesReceived.add(frame.length());
          removeHead();
        }
        case TOO_LARGE -> {
          metrics.receivesDropped.increment();
          removeHead();
        }
        case NO_BUFFERS -> {
          return false;
        }
      }
    }
    return true;
  }

  private void removeHead() {
    waiting.remove();
    admitted = false;
  }

  /** Whether a frame may be given to the guest; if not yet, the worker is woken when it may. */
  private boolean admits(Active current, Frame frame) {
    if (admitted) {
      return true;
    }
    long wait = port.nanosToWait(frame.length());
    if (wait > 0) {
      if (current.resting.compareAndSet(false, true)) {
        CompletableFuture.delayedExecutor(wait, TimeUnit.NANOSECONDS, Runnable::run)
            .execute(
                () -> {
                  current.resting.set(false);
                  current.activation.wake(RECEIVE_WORKER);
                });
      }
      return false;
    }
    admitted = true;
    return true;
  }

  private boolean transmit(Active current) throws MalformedQueueException {
    Virtqueue queue = current.activation.queue(TRANSMIT);
    queue.suppressNotifications();
    for (int turn = 0; turn < TURN && !current.activation.yielding(OTHER_WORKER); turn++) {
      if (!queue.poll(current.chain)) {
        return queue.requestNotifications();
      }
      GuestBuffer buffer = current.chain.readable();
      Frame frame = read(current, buffer);
      if (frame == null) {
        metrics.sendsDropped.increment();
      } else {
        port.send(frame);
        metrics.framesSent.increment();
        metrics.bytesSent.add(frame.length());
      }
      queue.finish(current.chain, 0);
      queue.publish();
    }
    return true;
  }

  /** The frame behind its header, or null if it is not one. */
  private static @Nullable Frame read(Active current, GuestBuffer buffer) {
    long length = buffer.length() - FrameHeader.BYTES;
    if (length < Frame.MINIMUM_BYTES || length > Frame.MAXIMUM_BYTES) {
      return null;
    }
    buffer.read(current.header, 0, FrameHeader.BYTES);
    byte[] bytes = new byte[(int) length];
    buffer.read(bytes, 0, bytes.length);
    Offload offload = FrameHeader.parse(current.header, bytes, current.sends);
    return offload == null ? null : new Frame(bytes, offload);
  }

  private boolean control(Active current) throws MalformedQueueException {
    Virtqueue queue = current.activation.queue(CONTROL);
    queue.suppressNotifications();
    for (int turn = 0; turn < TURN && !current.activation.yielding(OTHER_WORKER); turn++) {
      if (!queue.poll(current.chain)) {
        return queue.requestNotifications();
      }
      GuestBuffer answer = current.chain.writable();
      if (answer.length() == 0) {
        throw new MalformedQueueException("a control command without room for an answer");
      }
      answer.writeByte(command(current.chain.readable()));
      queue.finish(current.chain, 1);
      queue.publish();
    }
    return true;
  }

  private int command(GuestBuffer command) {
    if (ControlCommands.setsAddress(command)) {
      long address = ControlCommands.address(command);
      if (address < 0) {
        return ControlCommands.ERROR;
      }
      writeMac(address);
      filter = filter.withOwn(address);
      return ControlCommands.OK;
    }
    ReceiveFilter changed = ControlCommands.apply(filter, command);
    if (changed == null) {
      return ControlCommands.ERROR;
    }
    filter = changed;
    return ControlCommands.OK;
  }

  @Override
  public void reset() {
    active = null;
    waiting.clear();
    admitted = false;
    writeMac(configuration.mac().bits());
    filter = ReceiveFilter.initial(configuration.mac().bits());
  }

  @Override
  public Class<NetState> stateType() {
    return NetState.class;
  }

  @Override
  public NetState save(TransportState transport) {
    return new NetState(
        transport,
        readMac(),
        space.read(STATUS, 2) == LINK_UP,
        filter.modes(),
        Arrays.stream(filter.addresses()).mapToObj(AddressState::new).toList());
  }

  @Override
  public TransportState transportOf(NetState state) {
    return state.transport();
  }

  @Override
  public void restore(NetState state) {
    if (state.mac() >>> 48 != 0
        || state.filterAddresses().size() > ReceiveFilter.MAXIMUM_ADDRESSES) {
      throw new SavedStateException("the state is not of a network device");
    }
    writeMac(state.mac());
    space.set(STATUS, 2, state.linkUp() ? LINK_UP : 0);
    filter =
        ReceiveFilter.restored(
            state.mac(),
            state.filterModes(),
            state.filterAddresses().stream().mapToLong(AddressState::bits).toArray());
  }
}
