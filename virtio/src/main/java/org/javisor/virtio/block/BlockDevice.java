package org.javisor.virtio.block;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.javisor.machine.SavedStateException;
import org.javisor.virtio.Activation;
import org.javisor.virtio.ConfigurationSpace;
import org.javisor.virtio.TransportState;
import org.javisor.virtio.VirtioDevice;
import org.javisor.virtio.queue.DescriptorChain;
import org.javisor.virtio.queue.MalformedQueueException;
import org.javisor.virtio.queue.Virtqueue;
import org.jspecify.annotations.Nullable;

/**
 * A disk (virtio 1.2, section 5.2). Each queue has a worker that serves one request after the
 * other; several queues are served side by side.
 */
public final class BlockDevice implements VirtioDevice<BlockState> {
  /** Bytes of a sector, the unit of addresses whatever the block size. */
  static final int SECTOR = 512;

  private static final int TYPE = 2;

  /** Requests served before other workers have their turn. */
  private static final int TURN = 64;

  private static final int CAPACITY = 0;
  private static final int SEG_MAX = 12;
  private static final int BLK_SIZE = 20;
  private static final int PHYSICAL_BLOCK_EXPONENT = 24;
  private static final int MINIMUM_IO_SIZE = 26;
  private static final int OPTIMAL_IO_SIZE = 28;
  private static final int WRITE_BACK = 32;
  private static final int QUEUES = 34;
  private static final int DISCARD_SECTORS = 36;
  private static final int DISCARD_SEGMENTS = 40;
  private static final int DISCARD_ALIGNMENT = 44;
  private static final int ZEROES_SECTORS = 48;
  private static final int ZEROES_SEGMENTS = 52;
  private static final int ZEROES_MAY_UNMAP = 56;
  private static final int CONFIGURATION_SIZE = 60;

  private final BlockBackend backend;
  private final BlockConfiguration configuration;
  private final IoLimiter limiter;
  private final ConfigurationSpace space = new ConfigurationSpace(CONFIGURATION_SIZE);
  private final BlockMetrics metrics = new BlockMetrics();
  private volatile @Nullable Active active;

  /** What exists only between activation and reset. */
  private record Active(Activation activation, List<Lane> lanes) {}

  /** A worker's own chain, what executes it, and its place in the limiter's line. */
  private record Lane(DescriptorChain chain, BlockRequest request, IoLimiter.Turn turn) {}

  /** A device in front of the given disk, without limits. */
  public BlockDevice(BlockBackend backend, BlockConfiguration configuration) {
    this(backend, configuration, new IoLimiter(IoLimits.NONE));
  }

  /**
   * A device in front of the given disk.
   *
   * @param limiter says when each request may begin; several devices may share one
   */
  public BlockDevice(BlockBackend backend, BlockConfiguration configuration, IoLimiter limiter) {
    this.backend = backend;
    this.configuration = configuration;
    this.limiter = limiter;
    if (backend.sizeBytes() % configuration.blockSize() != 0) {
      throw new IllegalArgumentException(
          "a disk of %d bytes has no whole number of blocks".formatted(backend.sizeBytes()));
    }
    space.set(CAPACITY, 8, backend.sizeBytes() / SECTOR);
    // A request is a header, data and a status byte, in one chain.
    space.set(SEG_MAX, 4, configuration.queueSize() - 2);
    space.set(BLK_SIZE, 4, configuration.blockSize());
    // Pages of the host's cache are the unit behind any back end, whatever the block size.
    int physical = Math.max(configuration.blockSize(), 4096);
    space.set(
        PHYSICAL_BLOCK_EXPONENT,
        1,
        Integer.numberOfTrailingZeros(physical / configuration.blockSize()));
    space.set(MINIMUM_IO_SIZE, 2, physical / configuration.blockSize());
    space.set(OPTIMAL_IO_SIZE, 4, 0);
    space.set(QUEUES, 2, configuration.queues());
    space.set(DISCARD_SECTORS, 4, BlockRequest.MAXIMUM_RANGE / SECTOR);
    space.set(DISCARD_SEGMENTS, 4, BlockRequest.MAXIMUM_RANGES);
    space.set(DISCARD_ALIGNMENT, 4, configuration.discardAlignment() / SECTOR);
    space.set(ZEROES_SECTORS, 4, BlockRequest.MAXIMUM_RANGE / SECTOR);
    space.set(ZEROES_SEGMENTS, 4, BlockRequest.MAXIMUM_RANGES);
    space.set(ZEROES_MAY_UNMAP, 1, 1);
    reset();
  }

  /**
   * The disk behind the device has become larger or smaller: tells the driver (section 5.2.5). From
   * any thread.
   */
  public void capacityChanged() {
    space.update(CAPACITY, 8, backend.sizeBytes() / SECTOR);
    Active current = active;
    if (current != null) {
      current.activation.configurationChanged();
    }
  }

  /** Says when requests may begin; its limits can be changed at any time. */
  public IoLimiter limiter() {
    return limiter;
  }

  /** What the device has done. */
  public BlockMetrics metrics() {
    return metrics;
  }

  @Override
  public int type() {
    return TYPE;
  }

  @Override
  public long features() {
    long common =
        1L << BlockFeature.SEG_MAX
            | 1L << BlockFeature.BLK_SIZE
            | 1L << BlockFeature.FLUSH
            | 1L << BlockFeature.TOPOLOGY
            | (configuration.queues() > 1 ? 1L << BlockFeature.MQ : 0);
    return backend.readOnly()
        ? common | 1L << BlockFeature.RO
        : common
            | 1L << BlockFeature.CONFIG_WCE
            | 1L << BlockFeature.DISCARD
            | 1L << BlockFeature.WRITE_ZEROES;
  }

  @Override
  public int[] queueSizes() {
    int[] sizes = new int[configuration.queues()];
    Arrays.fill(sizes, configuration.queueSize());
    return sizes;
  }

  @Override
  public int workers() {
    return configuration.queues();
  }

  @Override
  public int workerOf(int queue) {
    return queue;
  }

  @Override
  public ConfigurationSpace configuration() {
    return space;
  }

  @Override
  public void configurationWritten(int offset, int size, long value) {
    Active current = active;
    if (offset == WRITE_BACK
        && size == 1
        && current != null
        && current.activation.negotiated(BlockFeature.CONFIG_WCE)) {
      space.set(WRITE_BACK, 1, value & 1);
    }
  }

  /** Whether a completed write may still be in a volatile cache (section 5.2.5.2). */
  boolean writeBack(Activation activation) {
    return activation.negotiated(BlockFeature.CONFIG_WCE)
        ? space.read(WRITE_BACK, 1) != 0
        : activation.negotiated(BlockFeature.FLUSH);
  }

  @Override
  public void activate(Activation activation) {
    List<Lane> lanes = new ArrayList<>();
    for (int i = 0; i < configuration.queues(); i++) {
      int worker = i;
      BlockRequest request =
          new BlockRequest(
              backend,
              configuration,
              metrics,
              activation,
              () -> writeBack(activation),
              () -> activation.yielding(worker));
      lanes.add(new Lane(new DescriptorChain(activation.memory()), request, new IoLimiter.Turn()));
    }
    active = new Active(activation, lanes);
  }

  @Override
  public void serve(int worker) throws MalformedQueueException {
    Active current = active;
    if (current == null) {
      return;
    }
    Virtqueue queue = current.activation.queue(worker);
    Lane lane = current.lanes.get(worker);
    DescriptorChain chain = lane.chain;
    BlockRequest request = lane.request;
    int served = 0;
    do {
      queue.suppressNotifications();
      while (queue.poll(chain)) {
        long wait = limiter.nanosToWait(lane.turn, BlockRequest.cost(chain));
        if (wait > 0) {
          // Nobody sleeps here: the worker is free to be held, and comes back when it is time.
          queue.unpoll(chain);
          IoLimiter.later(wait, () -> current.activation.wake(worker));
          return;
        }
        long written = request.execute(chain);
        if (written == BlockRequest.INTERRUPTED) {
          queue.unpoll(chain);
          return;
        }
        lane.turn.done();
        queue.finish(chain, written);
        queue.publish();
        if (++served == TURN || current.activation.yielding(worker)) {
          current.activation.wake(worker);
          return;
        }
      }
    } while (queue.requestNotifications());
  }

  @Override
  public void reset() {
    active = null;
    space.set(WRITE_BACK, 1, backend.readOnly() ? 0 : 1);
  }

  @Override
  public Class<BlockState> stateType() {
    return BlockState.class;
  }

  @Override
  public BlockState save(TransportState transport) {
    return new BlockState(transport, backend.sizeBytes(), space.read(WRITE_BACK, 1) != 0);
  }

  @Override
  public TransportState transportOf(BlockState state) {
    return state.transport();
  }

  @Override
  public void restore(BlockState state) {
    if (state.sizeBytes() != backend.sizeBytes()) {
      throw new SavedStateException(
          "the state is of a disk of %d bytes, not of %d"
              .formatted(state.sizeBytes(), backend.sizeBytes()));
    }
    space.set(WRITE_BACK, 1, state.writeBack() ? 1 : 0);
  }
}
