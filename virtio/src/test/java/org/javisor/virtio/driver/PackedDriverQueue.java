package org.javisor.virtio.driver;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.javisor.machine.GuestMemory;
import org.javisor.machine.RawMemory;

/** A packed queue from the driver's side. */
final class PackedDriverQueue extends DriverQueue {
  private static final int AVAIL = 1 << 7;
  private static final int USED = 1 << 15;

  private final long tables;
  private final Deque<Integer> freeIds = new ArrayDeque<>();
  private final Map<Integer, Integer> slotsOf = new HashMap<>();
  private int freeSlots;
  private int nextSlot;
  private boolean wrap = true;
  private int unnotified;
  private int nextUsed;
  private boolean usedWrap = true;

  PackedDriverQueue(GuestMemory memory, Arena arena, int size, DriverOptions options) {
    super(memory, size, options);
    descriptorArea = arena.allocate(16L * size, 16);
    driverArea = arena.allocate(4, 4);
    deviceArea = arena.allocate(4, 4);
    tables = arena.allocate(16L * TABLE_ENTRIES * size, 16);
    freeSlots = size;
    for (int i = 0; i < size; i++) {
      freeIds.push(i);
    }
  }

  @Override
  public int add(List<Piece> readable, List<Piece> writable) {
    int count = readable.size() + writable.size();
    boolean indirect = options.indirect() && count > 1;
    int slots = indirect ? 1 : count;
    if (freeSlots < slots) {
      return -1;
    }
    int id = freeIds.pop();
    int headSlot = nextSlot;
    int headFlags = 0;
    for (int i = 0; i < slots; i++) {
      long gpa;
      int length;
      int flags = wrap ? AVAIL : USED;
      if (indirect) {
        gpa = tables + 16L * TABLE_ENTRIES * id;
        length = 16 * count;
        flags |= 4;
        writeTable(gpa, readable, writable, false);
      } else {
        boolean write = i >= readable.size();
        Piece piece = write ? writable.get(i - readable.size()) : readable.get(i);
        gpa = piece.gpa();
        length = piece.length();
        flags |= (write ? 2 : 0) | (i + 1 < count ? 1 : 0);
      }
      long descriptor = descriptorArea + 16L * nextSlot;
      memory.putLong(descriptor, gpa);
      memory.putInt(descriptor + 8, length);
      memory.putShort(descriptor + 12, (short) id);
      if (i == 0) {
        headFlags = flags;
      } else {
        memory.putShort(descriptor + 14, (short) flags);
      }
      if (++nextSlot == size) {
        nextSlot = 0;
        wrap = !wrap;
      }
    }
    memory.putShortRelease(descriptorArea + 16L * headSlot + 14, (short) headFlags);
    freeSlots -= slots;
    unnotified += slots;
    slotsOf.put(id, slots);
    return id;
  }

  @Override
  public boolean notificationWanted() {
    RawMemory.fullFence();
    int step = unnotified;
    unnotified = 0;
    int event = memory.getInt(deviceArea);
    return switch (event >>> 16) {
      case 0 -> true;
      case 1 -> false;
      default -> {
        int index = event & 0x7fff;
        if (((event & 0x8000) != 0) != wrap) {
          index -= size;
        }
        yield passes(index, nextSlot, nextSlot - step);
      }
    };
  }

  private boolean usedAvailable() {
    int flags = memory.getShortAcquire(descriptorArea + 16L * nextUsed + 14);
    return ((flags & AVAIL) != 0) == usedWrap && ((flags & USED) != 0) == usedWrap;
  }

  @Override
  public Used take() {
    if (!usedAvailable()) {
      return null;
    }
    long descriptor = descriptorArea + 16L * nextUsed;
    int id = memory.getShort(descriptor + 12) & 0xffff;
    long written = memory.getInt(descriptor + 8) & 0xffff_ffffL;
    Integer slots = slotsOf.remove(id);
    if (slots == null) {
      throw new AssertionError("the device has used " + id + ", which is not available");
    }
    freeIds.push(id);
    freeSlots += slots;
    nextUsed += slots;
    if (nextUsed >= size) {
      nextUsed -= size;
      usedWrap = !usedWrap;
    }
    return new Used(id, written);
  }

  @Override
  public boolean enableInterrupts() {
    if (options.eventIndex()) {
      memory.putShort(driverArea, (short) (nextUsed | (usedWrap ? 0x8000 : 0)));
      memory.putShortRelease(driverArea + 2, (short) 2);
    } else {
      memory.putShortRelease(driverArea + 2, (short) 0);
    }
    RawMemory.fullFence();
    return usedAvailable();
  }

  @Override
  public void disableInterrupts() {
    memory.putShortRelease(driverArea + 2, (short) 1);
  }
}
