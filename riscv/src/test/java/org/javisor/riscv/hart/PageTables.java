package org.javisor.riscv.hart;

import org.javisor.machine.GuestMemory;

/** Builds page tables in guest memory, taking table pages from a region upwards. */
final class PageTables {
  static final long V = 1;
  static final long R = 1 << 1;
  static final long W = 1 << 2;
  static final long X = 1 << 3;
  static final long U = 1 << 4;
  static final long G = 1 << 5;
  static final long A = 1 << 6;
  static final long D = 1 << 7;

  /** Everything but U and G. */
  static final long RWX = V | R | W | X | A | D;

  private final GuestMemory memory;
  private final int levels;
  private final long root;
  private long free;

  /** Tables of 3, 4 or 5 levels, the root at {@code region}. */
  PageTables(GuestMemory memory, int levels, long region) {
    this.memory = memory;
    this.levels = levels;
    this.root = region;
    this.free = region + 4096;
    memory.zero(root, 4096);
  }

  /** What to write to satp. */
  long satp(int asid) {
    return (long) (levels + 5) << 60 | (long) asid << 44 | root >>> 12;
  }

  PageTables map(long virtual, long physical, long flags) {
    return map(virtual, physical, flags, 0);
  }

  /** Enters a leaf at a level: 0 for a page of 4 KiB, 1 for 2 MiB. */
  PageTables map(long virtual, long physical, long flags, int level) {
    memory.putLong(entry(virtual, level), physical >>> 12 << 10 | flags);
    return this;
  }

  /** Guest physical address of the entry that maps an address at a level. */
  long entry(long virtual, int level) {
    long table = root;
    for (int at = levels - 1; at > level; at--) {
      long slot = table + (virtual >>> (12 + 9 * at) & 511) * 8;
      if (memory.getLong(slot) == 0) {
        memory.zero(free, 4096);
        memory.putLong(slot, free >>> 12 << 10 | V);
        free += 4096;
      }
      table = memory.getLong(slot) >>> 10 << 12;
    }
    return table + (virtual >>> (12 + 9 * level) & 511) * 8;
  }
}
