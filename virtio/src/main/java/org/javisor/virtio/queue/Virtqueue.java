package org.javisor.virtio.queue;

import org.javisor.machine.GuestMemory;

/**
 * The device's side of one queue.
 *
 * <p>Used by one thread at a time. Chains may be finished in any order, and given back from the one
 * polled last.
 */
public abstract sealed class Virtqueue permits RingQueue, AbsentQueue {
  /**
   * What both sides have agreed on for all queues of a device.
   *
   * @param packed the packed layout is used (VIRTIO_F_RING_PACKED)
   * @param indirect indirect descriptors may appear (VIRTIO_F_INDIRECT_DESC)
   * @param eventIndex notifications are suppressed up to an index (VIRTIO_F_EVENT_IDX)
   */
  public record Features(boolean packed, boolean indirect, boolean eventIndex) {}

  Virtqueue() {}

  /**
   * A queue at the start of its ring.
   *
   * @param maximumChain the most descriptors a chain may have: the size the device offers
   * @param interrupt tells the driver of used buffers; called by {@link #publish}
   * @throws MalformedQueueException if the layout is not acceptable
   */
  public static Virtqueue create(
      GuestMemory memory,
      QueueLayout layout,
      Features features,
      int maximumChain,
      Runnable interrupt)
      throws MalformedQueueException {
    if (features.packed()) {
      layout.checkPacked(memory);
      return new PackedQueue(memory, layout, features, maximumChain, interrupt);
    }
    layout.checkSplit(memory);
    return new SplitQueue(memory, layout, features, maximumChain, interrupt);
  }

  /** A queue that the driver has not set up: nothing ever arrives in it. */
  public static Virtqueue absent() {
    return AbsentQueue.INSTANCE;
  }

  /**
   * Takes the next chain that the driver has made available.
   *
   * @param chain is filled in; its former content is forgotten
   * @return false if there is none
   * @throws MalformedQueueException if the ring or the chain is not acceptable; the queue is not to
   *     be used any more
   */
  public abstract boolean poll(DescriptorChain chain) throws MalformedQueueException;

  /**
   * Gives back a chain: the next {@link #poll} returns it again. Several are given back in the
   * reverse of the order in which they were polled.
   */
  public abstract void unpoll(DescriptorChain chain);

  /**
   * Records that a chain has been used; the driver sees it after {@link #publish}.
   *
   * @param written bytes written, from the start of the writable part
   */
  public abstract void finish(DescriptorChain chain, long written);

  /** Shows all finished chains to the driver at once, and interrupts it if it wants that. */
  public abstract void publish();

  /** Tells the driver that it need not notify the device of new chains. */
  public abstract void suppressNotifications();

  /**
   * Asks the driver to notify the device of the next chain.
   *
   * @return true if a chain has become available already, for which no notification may come
   */
  public abstract boolean requestNotifications();

  /** Where the device reads the ring next; opaque, for saved state. */
  public abstract int availablePosition();

  /** Where the device writes the ring next; opaque, for saved state. */
  public abstract int usedPosition();

  /**
   * Continues at saved positions.
   *
   * @throws MalformedQueueException if they are not positions in this ring
   */
  public abstract void restorePositions(int available, int used) throws MalformedQueueException;
}
