package org.javisor.virtio.balloon;

import java.util.Optional;
import org.javisor.machine.GuestMemory;
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
 * A memory balloon (virtio 1.2, section 5.5), served by one worker. Pages in the balloon, and pages
 * that the guest reports as free, go back to the operating system. The guest may use any of them
 * again at any moment, which costs it a page fault of this process, and nothing else: so nothing
 * breaks when it does without asking.
 */
public final class BalloonDevice implements VirtioDevice<BalloonState> {
  private static final int TYPE = 5;
  private static final int FEATURE_STATISTICS = 1;
  private static final int FEATURE_DEFLATE_ON_OOM = 2;
  private static final int FEATURE_PAGE_POISON = 4;
  private static final int FEATURE_REPORTING = 5;

  private static final int TARGET = 0;
  private static final int ACTUAL = 4;
  private static final int POISON = 12;
  private static final int CONFIGURATION_SIZE = 16;

  private static final int INFLATE = 0;
  private static final int DEFLATE = 1;
  private static final int STATISTICS = 2;
  private static final int WORKER = 0;

  /** Chains, or pieces of one, served before other work has its turn. */
  private static final int TURN = 64;

  /** Pages are numbered in units of 4 KiB whatever the guest's are (section 5.5.6). */
  private static final int PAGE_SHIFT = 12;

  private static final int PAGES_AT_ONCE = 1024;

  private final BalloonConfiguration configuration;
  private final ConfigurationSpace space = new ConfigurationSpace(CONFIGURATION_SIZE);
  private final BalloonMetrics metrics = new BalloonMetrics();
  private volatile @Nullable Active active;
  private volatile int wantedTarget;
  private volatile boolean statisticsWanted;
  private volatile @Nullable MemoryStatistics statistics;

  private record Active(Activation activation, DescriptorChain chain) {}

  /** An empty balloon. */
  public BalloonDevice(BalloonConfiguration configuration) {
    this.configuration = configuration;
  }

  /** What the device has done. */
  public BalloonMetrics metrics() {
    return metrics;
  }

  /**
   * Asks the guest to have so much memory in the balloon; it comes there in its own time, as far as
   * it can. From any thread.
   *
   * @param bytes rounded down to 4 KiB, 0 to 16 TiB
   */
  public void setTarget(long bytes) {
    long pages = bytes >>> PAGE_SHIFT;
    if (bytes < 0 || pages > 0xffff_ffffL) {
      throw new IllegalArgumentException("balloon of " + bytes + " bytes");
    }
    // Only the worker shows it to the guest, so that a paused machine sees nothing.
    wantedTarget = (int) pages;
    wake();
  }

  /** Bytes the guest is asked to have in the balloon. */
  public long target() {
    return (wantedTarget & 0xffff_ffffL) << PAGE_SHIFT;
  }

  /** Bytes the guest says it has in the balloon. */
  public long actual() {
    return space.read(ACTUAL, 4) << PAGE_SHIFT;
  }

  /** What the guest has last said of its memory. */
  public Optional<MemoryStatistics> statistics() {
    return Optional.ofNullable(statistics);
  }

  /** Asks the guest for new statistics, which replace the last ones when they come. */
  public void requestStatistics() {
    statisticsWanted = true;
    wake();
  }

  private void wake() {
    Active current = active;
    if (current != null) {
      current.activation.wake(WORKER);
    }
  }

  @Override
  public int type() {
    return TYPE;
  }

  @Override
  public long features() {
    return 1L << FEATURE_STATISTICS
        | 1L << FEATURE_DEFLATE_ON_OOM
        | 1L << FEATURE_PAGE_POISON
        | (configuration.reporting() ? 1L << FEATURE_REPORTING : 0);
  }

  @Override
  public int[] queueSizes() {
    int size = configuration.queueSize();
    return configuration.reporting()
        ? new int[] {size, size, size, size}
        : new int[] {size, size, size};
  }

  /** The queues of features that were not agreed on are left out of the numbering. */
  private static int reportingQueue(Activation activation) {
    return activation.negotiated(FEATURE_STATISTICS) ? STATISTICS + 1 : STATISTICS;
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
  public void configurationWritten(int offset, int size, long value) {
    if (size == 4 && (offset == ACTUAL || offset == POISON)) {
      space.set(offset, size, value);
    }
  }

  @Override
  public void activate(Activation activation) {
    space.set(TARGET, 4, wantedTarget & 0xffff_ffffL);
    active = new Active(activation, new DescriptorChain(activation.memory()));
  }

  @Override
  public void serve(int worker) throws MalformedQueueException {
    Active current = active;
    if (current == null) {
      return;
    }
    Activation activation = current.activation;
    int wanted = wantedTarget;
    if ((int) space.read(TARGET, 4) != wanted) {
      space.update(TARGET, 4, wanted & 0xffff_ffffL);
      activation.configurationChanged();
    }
    boolean again = takePages(current, INFLATE);
    again |= takePages(current, DEFLATE);
    if (activation.negotiated(FEATURE_STATISTICS)) {
      takeStatistics(current);
    }
    if (activation.negotiated(FEATURE_REPORTING)) {
      again |= takeReports(current);
    }
    if (again) {
      activation.wake(WORKER);
    }
  }

  /** Serves one of the queues of page numbers; whether to come back without being woken. */
  private boolean takePages(Active current, int index) throws MalformedQueueException {
    Virtqueue queue = current.activation.queue(index);
    queue.suppressNotifications();
    for (int turn = 0; turn < TURN; turn++) {
      if (current.activation.yielding(WORKER)) {
        return true;
      }
      if (!queue.poll(current.chain)) {
        return queue.requestNotifications();
      }
      PageRange range = new PageRange(current.activation.memory());
      GuestBuffer numbers = current.chain.readable();
      // A longer list is not of any driver; the rest of it is ignored.
      for (int i = 0; i < PAGES_AT_ONCE && numbers.remaining() >= 4; i++) {
        long page = (numbers.readInt() & 0xffff_ffffL) << PAGE_SHIFT;
        if (index == INFLATE) {
          range.add(page);
        } else {
          metrics.deflated.add(1L << PAGE_SHIFT);
        }
      }
      range.release();
      queue.finish(current.chain, 0);
      queue.publish();
    }
    return true;
  }

  /**
   * The buffer with the statistics stays in the ring until new ones are wanted: giving it back is
   * what asks for them (section 5.5.6.3).
   */
  private void takeStatistics(Active current) throws MalformedQueueException {
    Virtqueue queue = current.activation.queue(STATISTICS);
    queue.suppressNotifications();
    if (queue.poll(current.chain)) {
      if (statisticsWanted) {
        statisticsWanted = false;
        queue.finish(current.chain, 0);
        queue.publish();
      } else {
        statistics = MemoryStatistics.read(current.chain.readable());
        queue.unpoll(current.chain);
        return;
      }
    }
    if (queue.requestNotifications()) {
      current.activation.wake(WORKER);
    }
  }

  /** Ranges of free pages, which the guest leaves alone until it gets them back. */
  private boolean takeReports(Active current) throws MalformedQueueException {
    Activation activation = current.activation;
    GuestMemory memory = activation.memory();
    Virtqueue queue = activation.queue(reportingQueue(activation));
    queue.suppressNotifications();
    for (int turn = 0; turn < TURN; turn++) {
      if (activation.yielding(WORKER)) {
        return true;
      }
      if (!queue.poll(current.chain)) {
        return queue.requestNotifications();
      }
      // A guest that fills its free pages with a value wants to find it again.
      if (!activation.negotiated(FEATURE_PAGE_POISON)) {
        current.chain.writable().forEachRange((gpa, length) -> report(memory, gpa, length));
      }
      queue.finish(current.chain, 0);
      queue.publish();
    }
    return true;
  }

  private void report(GuestMemory memory, long gpa, long length) {
    long mask = GuestMemory.PAGE_SIZE - 1L;
    long first = (gpa + mask) & ~mask;
    long end = (gpa + length) & ~mask;
    if (first < end) {
      metrics.reported.add(end - first);
      if (memory.discard(first, end - first)) {
        metrics.released.add(end - first);
      }
    }
  }

  /** Pages next to each other, which are given back in one call. */
  private final class PageRange {
    private final GuestMemory memory;
    private long first;
    private long end;

    PageRange(GuestMemory memory) {
      this.memory = memory;
    }

    void add(long page) {
      if (!memory.contains(page, GuestMemory.PAGE_SIZE)) {
        return;
      }
      if (page == end && end != first) {
        end += GuestMemory.PAGE_SIZE;
      } else if (page + GuestMemory.PAGE_SIZE == first && end != first) {
        first = page;
      } else {
        release();
        first = page;
        end = page + GuestMemory.PAGE_SIZE;
      }
    }

    void release() {
      if (first < end) {
        metrics.inflated.add(end - first);
        if (memory.discard(first, end - first)) {
          metrics.released.add(end - first);
        }
      }
      first = 0;
      end = 0;
    }
  }

  @Override
  public void reset() {
    active = null;
    statistics = null;
    space.set(ACTUAL, 4, 0);
    space.set(POISON, 4, 0);
  }

  @Override
  public Class<BalloonState> stateType() {
    return BalloonState.class;
  }

  @Override
  public BalloonState save(TransportState transport) {
    return new BalloonState(
        transport, wantedTarget, (int) space.read(ACTUAL, 4), (int) space.read(POISON, 4));
  }

  @Override
  public TransportState transportOf(BalloonState state) {
    return state.transport();
  }

  @Override
  public void restore(BalloonState state) {
    wantedTarget = state.target();
    space.set(TARGET, 4, state.target() & 0xffff_ffffL);
    space.set(ACTUAL, 4, state.actual() & 0xffff_ffffL);
    space.set(POISON, 4, state.poison() & 0xffff_ffffL);
  }
}
