package org.javisor.virtio.queue;

import org.javisor.machine.GuestMemory;
import org.javisor.machine.RawMemory;

/**
 * A split virtqueue (virtio 1.2, section 2.7).
 *
 * <pre>
 * descriptor table   16 bytes an entry: address u64, length u32, flags u16, next u16
 * available ring     flags u16, index u16, head u16 [size], used_event u16     the driver writes
 * used ring          flags u16, index u16, {id u32, length u32} [size], avail_event u16   we write
 * </pre>
 */
final class SplitQueue extends RingQueue {
  private static final int NO_NOTIFICATION = 1;

  private final int mask;

  /** Free-running 16-bit indices, as both rings use them. */
  private int nextAvailable;

  private int nextUsed;
  private int publishedUsed;

  SplitQueue(
      GuestMemory memory,
      QueueLayout layout,
      Features features,
      int maximumChain,
      Runnable interrupt) {
    super(memory, layout, features, maximumChain, interrupt);
    this.mask = layout.size() - 1;
  }

  @Override
  public boolean poll(DescriptorChain chain) throws MalformedQueueException {
    int waiting = (availableIndex() - nextAvailable) & 0xffff;
    if (waiting == 0) {
      return false;
    }
    // More than the ring holds would make the device serve stale entries for ever.
    if (waiting > layout.size()) {
      throw new MalformedQueueException("available index jumps by " + waiting);
    }
    int head = memory.getShort(layout.driverArea() + 4 + 2L * (nextAvailable & mask)) & 0xffff;
    chain.begin();
    walk(chain, layout.descriptorArea(), layout.size(), head, false);
    chain.end(head, 1);
    nextAvailable = (nextAvailable + 1) & 0xffff;
    return true;
  }

  /** Follows a chain through the descriptor table or, once at most, through an indirect table. */
  private void walk(DescriptorChain chain, long table, int entries, int head, boolean inner)
      throws MalformedQueueException {
    int index = head;
    // A chain visits no entry twice, so one that is longer than its table is a loop.
    for (int left = Math.min(entries, maximumChain); ; left--) {
      if (index >= entries) {
        throw new MalformedQueueException("descriptor " + index + " of " + entries);
      }
      if (left == 0) {
        throw new MalformedQueueException("a chain that loops or is too long");
      }
      long address = memory.getLong(table + 16L * index);
      // Length, flags and next come in one read, so that they belong together.
      long rest = memory.getLong(table + 16L * index + 8);
      long length = rest & 0xffff_ffffL;
      int flags = (int) (rest >>> 32) & 0xffff;
      if ((flags & INDIRECT) != 0) {
        if (inner || !features.indirect() || (flags & NEXT) != 0) {
          throw new MalformedQueueException("an indirect descriptor where none may be");
        }
        walkIndirect(chain, address, length);
        return;
      }
      chain.add(address, length, (flags & WRITE) != 0);
      if ((flags & NEXT) == 0) {
        return;
      }
      index = (int) (rest >>> 48);
    }
  }

  private void walkIndirect(DescriptorChain chain, long table, long length)
      throws MalformedQueueException {
    checkIndirect(table, length, QueueLayout.MAXIMUM_SIZE);
    walk(chain, table, (int) (length / 16), 0, true);
  }

  @Override
  public void unpoll(DescriptorChain chain) {
    nextAvailable = (nextAvailable - 1) & 0xffff;
  }

  @Override
  public void finish(DescriptorChain chain, long written) {
    long element = layout.deviceArea() + 4 + 8L * (nextUsed & mask);
    memory.putInt(element, chain.id());
    memory.putInt(element + 4, (int) written);
    nextUsed = (nextUsed + 1) & 0xffff;
  }

  @Override
  public void publish() {
    if (nextUsed == publishedUsed) {
      return;
    }
    int old = publishedUsed;
    memory.putShortRelease(layout.deviceArea() + 2, (short) nextUsed);
    publishedUsed = nextUsed;
    // The driver writes its wish and then reads the index; we do it the other way round, so one of
    // both sees the other's write.
    RawMemory.fullFence();
    boolean wanted;
    if (features.eventIndex()) {
      int event = memory.getShort(layout.driverArea() + 4 + 2L * layout.size()) & 0xffff;
      wanted = passes(event, nextUsed, old);
    } else {
      wanted = (memory.getShort(layout.driverArea()) & NO_NOTIFICATION) == 0;
    }
    if (wanted) {
      interrupt.run();
    }
  }

  @Override
  public void suppressNotifications() {
    // With event indices, the index asked for last lies behind and asks for nothing.
    if (!features.eventIndex()) {
      memory.putShort(layout.deviceArea(), (short) NO_NOTIFICATION);
    }
  }

  @Override
  public boolean requestNotifications() {
    if (features.eventIndex()) {
      memory.putShort(layout.deviceArea() + 4 + 8L * layout.size(), (short) nextAvailable);
    } else {
      memory.putShort(layout.deviceArea(), (short) 0);
    }
    RawMemory.fullFence();
    return availableIndex() != nextAvailable;
  }

  private int availableIndex() {
    return memory.getShortAcquire(layout.driverArea() + 2) & 0xffff;
  }

  @Override
  public int availablePosition() {
    return nextAvailable;
  }

  @Override
  public int usedPosition() {
    return nextUsed;
  }

  @Override
  public void restorePositions(int available, int used) throws MalformedQueueException {
    if (((available - used) & 0xffff) > layout.size()
        || (available | used) != ((available | used) & 0xffff)) {
      throw new MalformedQueueException("positions " + available + " and " + used);
    }
    nextAvailable = available;
    nextUsed = used;
    publishedUsed = used;
  }
}
