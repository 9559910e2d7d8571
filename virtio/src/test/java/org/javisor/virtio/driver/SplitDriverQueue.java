package org.javisor.virtio.driver;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.javisor.machine.GuestMemory;
import org.javisor.machine.RawMemory;

/** A split queue from the driver's side. */
final class SplitDriverQueue extends DriverQueue {
  private final long tables;
  private final Deque<Integer> free = new ArrayDeque<>();
  private final Map<Integer, List<Integer>> chains = new HashMap<>();
  private int availableIndex;
  private int notifiedIndex;
  private int lastUsed;

  SplitDriverQueue(GuestMemory memory, Arena arena, int size, DriverOptions options) {
    super(memory, size, options);
    descriptorArea = arena.allocate(16L * size, 16);
    driverArea = arena.allocate(6 + 2L * size, 2);
    deviceArea = arena.allocate(6 + 8L * size, 4);
    tables = arena.allocate(16L * TABLE_ENTRIES * size, 16);
    for (int i = 0; i < size; i++) {
      // From the far end, so that indices are not simply ascending.
      free.push(i);
    }
  }

  @Override
  public int add(List<Piece> readable, List<Piece> writable) {
    int count = readable.size() + writable.size();
    List<Integer> indices = new ArrayList<>();
    if (options.indirect() && count > 1) {
      if (free.isEmpty()) {
        return -1;
      }
      int head = free.pop();
      indices.add(head);
      long table = tables + 16L * TABLE_ENTRIES * head;
      writeTable(table, readable, writable, true);
      write(head, table, 16 * count, 4, 0);
    } else {
      if (free.size() < count) {
        return -1;
      }
      for (int i = 0; i < count; i++) {
        indices.add(free.pop());
      }
      for (int i = 0; i < count; i++) {
        boolean write = i >= readable.size();
        Piece piece = write ? writable.get(i - readable.size()) : readable.get(i);
        boolean last = i + 1 == count;
        write(
            indices.get(i),
            piece.gpa(),
            piece.length(),
            (write ? 2 : 0) | (last ? 0 : 1),
            last ? 0 : indices.get(i + 1));
      }
    }
    int head = indices.get(0);
    chains.put(head, indices);
    memory.putShort(driverArea + 4 + 2L * (availableIndex % size), (short) head);
    availableIndex = (availableIndex + 1) & 0xffff;
    memory.putShortRelease(driverArea + 2, (short) availableIndex);
    return head;
  }

  private void write(int index, long gpa, int length, int flags, int next) {
    memory.putLong(descriptorArea + 16L * index, gpa);
    memory.putInt(descriptorArea + 16L * index + 8, length);
    memory.putShort(descriptorArea + 16L * index + 12, (short) flags);
    memory.putShort(descriptorArea + 16L * index + 14, (short) next);
  }

  @Override
  public boolean notificationWanted() {
    RawMemory.fullFence();
    int old = notifiedIndex;
    notifiedIndex = availableIndex;
    if (options.eventIndex()) {
      int event = memory.getShort(deviceArea + 4 + 8L * size) & 0xffff;
      return passes(event, availableIndex, old);
    }
    return (memory.getShort(deviceArea) & 1) == 0;
  }

  @Override
  public Used take() {
    if ((memory.getShortAcquire(deviceArea + 2) & 0xffff) == lastUsed) {
      return null;
    }
    long element = deviceArea + 4 + 8L * (lastUsed % size);
    int id = memory.getInt(element);
    long written = memory.getInt(element + 4) & 0xffff_ffffL;
    List<Integer> indices = chains.remove(id);
    if (indices == null) {
      throw new AssertionError("the device has used " + id + ", which is not available");
    }
    indices.forEach(free::push);
    lastUsed = (lastUsed + 1) & 0xffff;
    return new Used(id, written);
  }

  @Override
  public boolean enableInterrupts() {
    if (options.eventIndex()) {
      memory.putShort(driverArea + 4 + 2L * size, (short) lastUsed);
    } else {
      memory.putShort(driverArea, (short) 0);
    }
    RawMemory.fullFence();
    return (memory.getShortAcquire(deviceArea + 2) & 0xffff) != lastUsed;
  }

  @Override
  public void disableInterrupts() {
    if (!options.eventIndex()) {
      memory.putShort(driverArea, (short) 1);
    }
  }
}
