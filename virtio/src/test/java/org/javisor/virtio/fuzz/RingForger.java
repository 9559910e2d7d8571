package org.javisor.virtio.fuzz;

import java.util.Random;
import java.util.function.Supplier;
import org.javisor.machine.GuestMemory;

/** Writes rings that are nearly right, or not at all. */
final class RingForger {
  private static final int QUEUES = 16;
  private static final int ENTRIES = 16;

  /** Bytes for all areas of one queue. */
  private static final int SPACE = 2048;

  private static final int TABLES = QUEUES * SPACE;
  private static final int BUFFERS = TABLES + 16 * 1024;

  private final GuestMemory memory;
  private final Random random;
  private final int[] lengths;
  private final Supplier<byte[]> headers;
  private final int[] sizes = new int[QUEUES];
  private final int[] positions = new int[QUEUES];
  private final boolean[] wraps = new boolean[QUEUES];

  private int lastHead;

  /** How much rarer faults are than at their worst. */
  private int patience = 1;

  /**
   * A forger.
   *
   * @param lengths usual lengths of buffers for the device
   * @param headers what requests to the device begin with, at most 64 bytes
   */
  RingForger(GuestMemory memory, Random random, int[] lengths, Supplier<byte[]> headers) {
    this.lengths = lengths;
    this.headers = headers;
    this.memory = memory;
    this.random = random;
  }

  /** Chooses how faulty what follows is: a device that is broken at once shows nothing more. */
  void chooseTemper() {
    patience =
        switch (random.nextInt(3)) {
          case 0 -> 1;
          case 1 -> 20;
          default -> 1000;
        };
  }

  private boolean rarely(int chance) {
    return random.nextInt(chance * patience) == 0;
  }

  /** Clears the areas of a queue and chooses its size. */
  int place(int queue, int maximum, boolean packed) {
    int size = Math.min(maximum, packed ? random.nextInt(1, ENTRIES + 1) : 1 << random.nextInt(5));
    sizes[queue] = size;
    positions[queue] = 0;
    wraps[queue] = true;
    memory.zero(descriptors(queue), SPACE);
    return rarely(100) ? random.nextInt() : size;
  }

  long descriptors(int queue) {
    return memory.base() + (long) SPACE * queue;
  }

  long driverArea(int queue) {
    return descriptors(queue) + 16 * ENTRIES;
  }

  long deviceArea(int queue) {
    return driverArea(queue) + 256;
  }

  /** Overwrites anything with anything. */
  void scribble() {
    for (int i = random.nextInt(16); i >= 0; i--) {
      long gpa = memory.base() + random.nextInt((int) memory.size() - 8);
      memory.putLong(gpa, random.nextLong());
    }
  }

  /** An address that may be anywhere, with a liking for the edges. */
  long anyAddress() {
    return switch (random.nextInt(6)) {
      case 0 -> random.nextLong();
      case 1 -> memory.base() + memory.size() - random.nextInt(64);
      case 2 -> memory.base() - random.nextInt(64);
      case 3 -> Long.MAX_VALUE - random.nextInt(64);
      case 4 -> -1L - random.nextInt(64);
      default -> memory.base() + random.nextInt((int) memory.size());
    };
  }

  private long buffer() {
    return rarely(60)
        ? anyAddress()
        : memory.base() + BUFFERS + random.nextInt((int) memory.size() - BUFFERS - 5000);
  }

  private int length() {
    if (rarely(30)) {
      return random.nextBoolean() ? random.nextInt() : -1;
    }
    return switch (random.nextInt(10)) {
      case 0 -> 0;
      case 1 -> random.nextInt(1, 5000);
      default -> lengths[random.nextInt(lengths.length)];
    };
  }

  /** Something like the header of a request, so that devices look further. */
  private void header(long gpa) {
    if (memory.contains(gpa, 64)) {
      byte[] header = headers.get();
      memory.write(gpa, header, 0, header.length);
    }
  }

  /** Whether the device has used all that was forged last. */
  boolean used(int queue, boolean packed) {
    if (!packed) {
      return (memory.getShortAcquire(deviceArea(queue) + 2) & 0xffff) == positions[queue];
    }
    int flags = memory.getShortAcquire(descriptors(queue) + 16L * lastHead + 14);
    return ((flags & 1 << 7) != 0) == ((flags & 1 << 15) != 0);
  }

  /** Makes a chain or more available. */
  void forge(int queue, boolean packed) {
    if (packed) {
      forgePacked(queue);
    } else {
      forgeSplit(queue);
    }
  }

  private int links() {
    return rarely(20) ? random.nextInt(40) : random.nextInt(1, 20) / 4 + 1;
  }

  private int readable(int links) {
    return links > 1 && !rarely(10) ? random.nextInt(1, links) : random.nextInt(links + 1);
  }

  private int strayFlags() {
    return rarely(80) ? random.nextInt(0x10000) : 0;
  }

  /** An indirect table of some links; its length in entries is the result. */
  private int table(long table, int links, boolean chained) {
    int readable = readable(links);
    for (int i = 0; i < links; i++) {
      long gpa = buffer();
      if (i == 0) {
        header(gpa);
      }
      memory.putLong(table + 16L * i, gpa);
      memory.putInt(
          table + 16L * i + 8, i == 0 && random.nextInt(20) != 0 ? headers.get().length : length());
      int flags = (i >= readable ? 2 : 0) | (chained && i + 1 < links ? 1 : 0) | strayFlags();
      int next = rarely(60) ? random.nextInt(0x10000) : i + 1;
      memory.putShort(table + 16L * i + 12, (short) (chained ? flags : next));
      memory.putShort(table + 16L * i + 14, (short) (chained ? next : flags));
    }
    return rarely(60) ? random.nextInt() : 16 * links;
  }

  private void forgeSplit(int queue) {
    int size = sizes[queue];
    int chains = random.nextInt(1, 4);
    int head = random.nextInt(size);
    for (int chain = 0; chain < chains; chain++) {
      int links = Math.clamp(links(), 1, rarely(10) ? 2 * size : size);
      // Chains rarely share entries.
      head = (head + links) % size;
      if (random.nextInt(3) == 0) {
        long table = memory.base() + TABLES + 640L * random.nextInt(16);
        put(queue, head, table, table(table, Math.max(1, links()), true), 4 | strayFlags(), 0);
      } else {
        int readable = readable(links);
        for (int i = 0; i < links; i++) {
          long gpa = buffer();
          if (i == 0) {
            header(gpa);
          }
          int flags = (i >= readable ? 2 : 0) | (i + 1 < links ? 1 : 0) | strayFlags();
          int next = rarely(80) ? random.nextInt(0x10000) : (head + i + 1) % size;
          int length = i == 0 && random.nextInt(20) != 0 ? headers.get().length : length();
          put(queue, (head + i) % size, gpa, length, flags, next);
        }
      }
      int slot = rarely(100) ? random.nextInt(0x10000) : head;
      memory.putShort(driverArea(queue) + 4 + 2L * (positions[queue] % size), (short) slot);
      positions[queue] = (positions[queue] + 1) & 0xffff;
    }
    int index = rarely(200) ? random.nextInt(0x10000) : positions[queue];
    memory.putShortRelease(driverArea(queue) + 2, (short) index);
    memory.putShort(driverArea(queue), (short) random.nextInt(2));
    memory.putShort(driverArea(queue) + 4 + 2L * size, (short) random.nextInt(0x10000));
  }

  private void put(int queue, int index, long gpa, int length, int flags, int next) {
    long descriptor = descriptors(queue) + 16L * index;
    memory.putLong(descriptor, gpa);
    memory.putInt(descriptor + 8, length);
    memory.putShort(descriptor + 12, (short) flags);
    memory.putShort(descriptor + 14, (short) next);
  }

  private void forgePacked(int queue) {
    int size = sizes[queue];
    boolean indirect = random.nextInt(3) == 0;
    int links = indirect ? 1 : Math.clamp(links(), 1, rarely(10) ? 2 * size : size);
    int readable = readable(links);
    int head = positions[queue];
    lastHead = head;
    int headFlags = 0;
    for (int i = 0; i < links; i++) {
      long gpa;
      int length;
      int flags = (wraps[queue] ? 1 << 7 : 1 << 15) | strayFlags();
      if (indirect) {
        gpa = memory.base() + TABLES + 640L * random.nextInt(16);
        length = table(gpa, Math.max(1, links()), false);
        flags |= 4;
      } else {
        gpa = buffer();
        if (i == 0) {
          header(gpa);
        }
        length = i == 0 && random.nextInt(20) != 0 ? headers.get().length : length();
        flags |= (i >= readable ? 2 : 0) | (i + 1 < links ? 1 : 0);
      }
      if (i == 0) {
        headFlags = flags;
        put(queue, positions[queue], gpa, length, random.nextInt(size), 0);
      } else {
        put(queue, positions[queue], gpa, length, random.nextInt(size), flags);
      }
      if (++positions[queue] == size) {
        positions[queue] = 0;
        wraps[queue] = !wraps[queue];
      }
    }
    memory.putInt(driverArea(queue), random.nextInt());
    memory.putShortRelease(descriptors(queue) + 16L * head + 14, (short) headFlags);
  }
}
