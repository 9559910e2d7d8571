package org.javisor.virtio.queue;

import org.javisor.machine.GuestMemory;
import org.javisor.machine.RawMemory;

/**
 * A packed virtqueue (virtio 1.2, section 2.8): one ring of 16-byte descriptors that both sides
 * write.
 *
 * <pre>
 * descriptor           address u64, length u32, id u16, flags u16
 * event suppression    offset and wrap u16, flags u16    one of the driver's, one of ours
 * </pre>
 *
 * <p>A side runs through the ring with a wrap counter that it inverts at the end of the ring. A
 * descriptor is available when its AVAIL flag equals the counter and its USED flag does not, and
 * used when both equal it. Positions in saved state hold the counter in bit 15.
 */
final class PackedQueue extends RingQueue {
  private static final int AVAIL = 1 << 7;
  private static final int USED = 1 << 15;
  private static final int WRAP = 1 << 15;

  private static final int EVENT_ENABLE = 0;
  private static final int EVENT_DISABLE = 1;
  private static final int EVENT_DESCRIPTOR = 2;

  private final int size;

  private int nextAvailable;
  private boolean availableWrap = true;
  private int nextUsed;
  private boolean usedWrap = true;

  /** Entries finished and not yet published; the flags of the first are held back till then. */
  private int unpublished;

  private long firstFlagsAddress;
  private short firstFlags;

  PackedQueue(
      GuestMemory memory,
      QueueLayout layout,
      Features features,
      int maximumChain,
      Runnable interrupt) {
    super(memory, layout, features, maximumChain, interrupt);
    this.size = layout.size();
  }

  @Override
  public boolean poll(DescriptorChain chain) throws MalformedQueueException {
    if (!available()) {
      return false;
    }
    chain.begin();
    int position = nextAvailable;
    boolean wrap = availableWrap;
    int entries = 0;
    while (true) {
      long descriptor = layout.descriptorArea() + 16L * position;
      long address = memory.getLong(descriptor);
      // Length, id and flags come in one read, so that they belong together.
      long rest = memory.getLong(descriptor + 8);
      long length = rest & 0xffff_ffffL;
      int id = (int) (rest >>> 32) & 0xffff;
      int flags = (int) (rest >>> 48);
      if (((flags & AVAIL) != 0) != wrap || ((flags & USED) != 0) == wrap) {
        throw new MalformedQueueException("a chain runs into entries that are not available");
      }
      entries++;
      if (++position == size) {
        position = 0;
        wrap = !wrap;
      }
      if ((flags & INDIRECT) != 0) {
        if (!features.indirect() || entries > 1 || (flags & NEXT) != 0) {
          throw new MalformedQueueException("an indirect descriptor where none may be");
        }
        addIndirect(chain, address, length);
      } else {
        chain.add(address, length, (flags & WRITE) != 0);
      }
      if ((flags & NEXT) == 0) {
        chain.end(id, entries);
        break;
      }
      if (entries >= Math.min(size, maximumChain)) {
        throw new MalformedQueueException("a chain that is too long");
      }
    }
    nextAvailable = position;
    availableWrap = wrap;
    return true;
  }

  private void addIndirect(DescriptorChain chain, long table, long length)
      throws MalformedQueueException {
    checkIndirect(table, length, maximumChain);
    for (long entry = table; entry < table + length; entry += 16) {
      long address = memory.getLong(entry);
      long rest = memory.getLong(entry + 8);
      int flags = (int) (rest >>> 48);
      // All but WRITE are reserved inside a table (virtio 1.2, section 2.8.7).
      if ((flags & INDIRECT) != 0) {
        throw new MalformedQueueException("an indirect descriptor inside an indirect table");
      }
      chain.add(address, rest & 0xffff_ffffL, (flags & WRITE) != 0);
    }
  }

  @Override
  public void unpoll(DescriptorChain chain) {
    nextAvailable -= chain.ringEntries();
    if (nextAvailable < 0) {
      nextAvailable += size;
      availableWrap = !availableWrap;
    }
  }

  @Override
  public void finish(DescriptorChain chain, long written) {
    long descriptor = layout.descriptorArea() + 16L * nextUsed;
    memory.putInt(descriptor + 8, (int) written);
    memory.putShort(descriptor + 12, (short) chain.id());
    short flags = (short) ((usedWrap ? AVAIL | USED : 0) | (written > 0 ? WRITE : 0));
    if (unpublished == 0) {
      firstFlagsAddress = descriptor + 14;
      firstFlags = flags;
    } else {
      memory.putShortRelease(descriptor + 14, flags);
    }
    unpublished += chain.ringEntries();
    nextUsed += chain.ringEntries();
    if (nextUsed >= size) {
      nextUsed -= size;
      usedWrap = !usedWrap;
    }
  }

  @Override
  public void publish() {
    if (unpublished == 0) {
      return;
    }
    int step = unpublished;
    memory.putShortRelease(firstFlagsAddress, firstFlags);
    unpublished = 0;
    // The driver writes its wish and then reads the ring; we do it the other way round, so one of
    // both sees the other's write.
    RawMemory.fullFence();
    int wish = memory.getInt(layout.driverArea());
    boolean wanted =
        switch ((wish >>> 16) & 3) {
          case EVENT_ENABLE -> true;
          case EVENT_DESCRIPTOR -> !features.eventIndex() || passesEvent(wish & 0xffff, step);
          default -> false;
        };
    if (wanted) {
      interrupt.run();
    }
  }

  private boolean passesEvent(int event, int step) {
    int index = event & ~WRAP;
    // An index of the lap before lies behind the start of this one.
    if (((event & WRAP) != 0) != usedWrap) {
      index -= size;
    }
    return passes(index, nextUsed, nextUsed - step);
  }

  @Override
  public void suppressNotifications() {
    memory.putShortRelease(layout.deviceArea() + 2, (short) EVENT_DISABLE);
  }

  @Override
  public boolean requestNotifications() {
    if (features.eventIndex()) {
      memory.putShort(layout.deviceArea(), (short) position(nextAvailable, availableWrap));
      memory.putShortRelease(layout.deviceArea() + 2, (short) EVENT_DESCRIPTOR);
    } else {
      memory.putShortRelease(layout.deviceArea() + 2, (short) EVENT_ENABLE);
    }
    RawMemory.fullFence();
    return available();
  }

  private boolean available() {
    int flags = memory.getShortAcquire(layout.descriptorArea() + 16L * nextAvailable + 14);
    return ((flags & AVAIL) != 0) == availableWrap && ((flags & USED) != 0) != availableWrap;
  }

  @Override
  public int availablePosition() {
    return position(nextAvailable, availableWrap);
  }

  @Override
  public int usedPosition() {
    return position(nextUsed, usedWrap);
  }

  private static int position(int index, boolean wrap) {
    return index | (wrap ? WRAP : 0);
  }

  @Override
  public void restorePositions(int available, int used) throws MalformedQueueException {
    int availableIndex = available & ~WRAP;
    int usedIndex = used & ~WRAP;
    if (availableIndex < 0 || availableIndex >= size || usedIndex < 0 || usedIndex >= size) {
      throw new MalformedQueueException("positions " + available + " and " + used);
    }
    nextAvailable = availableIndex;
    availableWrap = (available & WRAP) != 0;
    nextUsed = usedIndex;
    usedWrap = (used & WRAP) != 0;
    unpublished = 0;
  }
}
