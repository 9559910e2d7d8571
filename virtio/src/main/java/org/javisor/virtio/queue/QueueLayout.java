package org.javisor.virtio.queue;

import org.javisor.machine.GuestMemory;

/**
 * Where a queue lies in guest memory, as the driver has written it to the transport.
 *
 * @param size entries
 * @param descriptorArea guest physical address of the descriptor table or ring
 * @param driverArea guest physical address of the available ring or driver event suppression
 * @param deviceArea guest physical address of the used ring or device event suppression
 */
public record QueueLayout(int size, long descriptorArea, long driverArea, long deviceArea) {
  /** The largest size of any queue (virtio 1.2, sections 2.7 and 2.8). */
  public static final int MAXIMUM_SIZE = 32768;

  /**
   * Checks the layout of a split queue (virtio 1.2, section 2.7).
   *
   * @throws MalformedQueueException if the size is no power of two or an area is misaligned or not
   *     guest memory
   */
  void checkSplit(GuestMemory memory) throws MalformedQueueException {
    if (Integer.bitCount(size) != 1) {
      throw new MalformedQueueException("split queue of " + size + " entries");
    }
    checkSize();
    checkArea(memory, "descriptor table", descriptorArea, 16L * size, 16);
    checkArea(memory, "available ring", driverArea, 6 + 2L * size, 2);
    checkArea(memory, "used ring", deviceArea, 6 + 8L * size, 4);
  }

  /**
   * Checks the layout of a packed queue (virtio 1.2, section 2.8.10.1).
   *
   * @throws MalformedQueueException if the size is zero or too large, or an area is misaligned or
   *     not guest memory
   */
  void checkPacked(GuestMemory memory) throws MalformedQueueException {
    checkSize();
    checkArea(memory, "descriptor ring", descriptorArea, 16L * size, 16);
    checkArea(memory, "driver event suppression", driverArea, 4, 4);
    checkArea(memory, "device event suppression", deviceArea, 4, 4);
  }

  private void checkSize() throws MalformedQueueException {
    if (size < 1 || size > MAXIMUM_SIZE) {
      throw new MalformedQueueException("queue of " + size + " entries");
    }
  }

  private static void checkArea(
      GuestMemory memory, String name, long gpa, long length, int alignment)
      throws MalformedQueueException {
    // The accesses to ring indices are atomic, which needs natural alignment.
    if ((gpa & (alignment - 1)) != 0 || !memory.contains(gpa, length)) {
      throw new MalformedQueueException(
          "%s at 0x%x, %d bytes, is not acceptable".formatted(name, gpa, length));
    }
  }
}
