package org.javisor.virtio.entropy;

import org.javisor.machine.Entropy;
import org.javisor.virtio.Activation;
import org.javisor.virtio.ConfigurationSpace;
import org.javisor.virtio.TransportState;
import org.javisor.virtio.VirtioDevice;
import org.javisor.virtio.queue.DescriptorChain;
import org.javisor.virtio.queue.GuestBuffer;
import org.javisor.virtio.queue.MalformedQueueException;
import org.javisor.virtio.queue.Virtqueue;
import org.jspecify.annotations.Nullable;

/** Random bytes for the guest (virtio 1.2, section 5.4). */
public final class EntropyDevice implements VirtioDevice<EntropyState> {
  private static final int TYPE = 4;

  /** Requests served before other workers have their turn. */
  private static final int TURN = 64;

  private final Entropy source;
  private final EntropyConfiguration configuration;
  private final ConfigurationSpace space = new ConfigurationSpace(0);
  private final EntropyMetrics metrics = new EntropyMetrics();
  private volatile @Nullable Active active;

  private record Active(Activation activation, DescriptorChain chain) {}

  /** A device that draws from the given source. */
  public EntropyDevice(Entropy source, EntropyConfiguration configuration) {
    this.source = source;
    this.configuration = configuration;
  }

  /** What the device has done. */
  public EntropyMetrics metrics() {
    return metrics;
  }

  @Override
  public int type() {
    return TYPE;
  }

  @Override
  public long features() {
    return 0;
  }

  @Override
  public int[] queueSizes() {
    return new int[] {configuration.queueSize()};
  }

  @Override
  public int workers() {
    return 1;
  }

  @Override
  public int workerOf(int queue) {
    return 0;
  }

  @Override
  public ConfigurationSpace configuration() {
    return space;
  }

  @Override
  public void activate(Activation activation) {
    active = new Active(activation, new DescriptorChain(activation.memory()));
  }

  @Override
  public void serve(int worker) throws MalformedQueueException {
    Active current = active;
    if (current == null) {
      return;
    }
    Virtqueue queue = current.activation.queue(0);
    queue.suppressNotifications();
    for (int turn = 0; turn < TURN && !current.activation.yielding(worker); turn++) {
      if (!queue.poll(current.chain)) {
        if (!queue.requestNotifications()) {
          return;
        }
        continue;
      }
      queue.finish(current.chain, fill(current.chain.writable()));
      queue.publish();
    }
    current.activation.wake(worker);
  }

  private long fill(GuestBuffer room) throws MalformedQueueException {
    // At least one byte is owed (section 5.4.6.1), which needs room.
    if (room.length() == 0) {
      throw new MalformedQueueException("an entropy request without room");
    }
    int count = (int) Math.min(room.length(), configuration.maximumBytes());
    room.write(source.bytes(count), 0, count);
    metrics.bytes.add(count);
    return count;
  }

  @Override
  public void reset() {
    active = null;
  }

  @Override
  public Class<EntropyState> stateType() {
    return EntropyState.class;
  }

  @Override
  public EntropyState save(TransportState transport) {
    return new EntropyState(transport);
  }

  @Override
  public TransportState transportOf(EntropyState state) {
    return state.transport();
  }

  @Override
  public void restore(EntropyState state) {
    // All of it is the transport's.
  }
}
