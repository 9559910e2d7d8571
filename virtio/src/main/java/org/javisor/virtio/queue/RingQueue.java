package org.javisor.virtio.queue;

import org.javisor.machine.GuestMemory;

/** A queue that the driver has set up: what both layouts of its rings have in common. */
abstract sealed class RingQueue extends Virtqueue permits SplitQueue, PackedQueue {
  /** Flags of a descriptor (virtio 1.2, sections 2.7.5 and 2.8.5). */
  static final int NEXT = 1;

  static final int WRITE = 2;
  static final int INDIRECT = 4;

  final GuestMemory memory;
  final QueueLayout layout;
  final Features features;
  final int maximumChain;
  final Runnable interrupt;

  /** Takes what {@link Virtqueue#create} was given; the layout has been checked. */
  RingQueue(
      GuestMemory memory,
      QueueLayout layout,
      Features features,
      int maximumChain,
      Runnable interrupt) {
    this.memory = memory;
    this.layout = layout;
    this.features = features;
    this.maximumChain = maximumChain;
    this.interrupt = interrupt;
  }

  /**
   * Checks an indirect table before it is walked.
   *
   * @param length of the table in bytes
   * @param most descriptors it may have
   */
  final void checkIndirect(long table, long length, int most) throws MalformedQueueException {
    if (length == 0 || length % 16 != 0 || length / 16 > most) {
      throw new MalformedQueueException("an indirect table of " + length + " bytes");
    }
    if (!memory.contains(table, length)) {
      throw new MalformedQueueException(
          "indirect table at 0x%x is outside memory".formatted(table));
    }
  }

  /**
   * Whether an index that the other side waits for lies in a step from {@code old} to {@code next},
   * all modulo 2^16 (virtio 1.2, section 2.7.10.1).
   */
  static boolean passes(int event, int next, int old) {
    return ((next - event - 1) & 0xffff) < ((next - old) & 0xffff);
  }
}
