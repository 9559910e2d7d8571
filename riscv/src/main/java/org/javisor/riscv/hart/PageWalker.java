package org.javisor.riscv.hart;

import org.javisor.machine.GuestMemory;
import org.javisor.machine.RawMemory;

/**
 * Walks the guest's page tables (volume II, section "Virtual Address Translation Process") for
 * Sv39, Sv48 and Sv57. As Svade says, it never writes a page table: an entry without A, or without
 * D on a store, does not {@linkplain #permits permit} the access.
 */
final class PageWalker {
  static final int FETCH = 0;
  static final int LOAD = 1;
  static final int STORE = 2;

  /** Results of {@link #walk}. */
  static final int FOUND = 0;

  static final int PAGE_FAULT = 1;
  static final int ACCESS_FAULT = 2;

  static final int SATP_MODE_SHIFT = 60;
  static final int SATP_ASID_SHIFT = 44;
  static final long PPN_MASK = (1L << 44) - 1;

  private static final int VALID = 1;
  private static final int READ = 1 << 1;
  private static final int WRITE = 1 << 2;
  private static final int EXECUTE = 1 << 3;
  private static final int USER = 1 << 4;
  private static final int ACCESSED = 1 << 6;
  private static final int DIRTY = 1 << 7;
  private static final int PPN_SHIFT = 10;

  /** Bits 54 to 63: reserved, Svpbmt and Svnapot, of which we have none. */
  private static final long RESERVED = -1L << 54;

  private final GuestMemory memory;
  private long leaf;
  private long physical;
  private int level;

  PageWalker(GuestMemory memory) {
    this.memory = memory;
  }

  /** The leaf entry that the last successful walk found. */
  long leaf() {
    return leaf;
  }

  /** The guest physical address that the last successful walk found. */
  long physical() {
    return physical;
  }

  /** The level of the leaf of the last successful walk: 0 for 4 KiB, 1 for 2 MiB and so on. */
  int level() {
    return level;
  }

  /** Looks {@code address} up under {@code satp}; says nothing about permission. */
  int walk(long satp, long address) {
    int mode = (int) (satp >>> SATP_MODE_SHIFT);
    if (mode == 0) {
      leaf = VALID | READ | WRITE | EXECUTE | ACCESSED | DIRTY;
      physical = address;
      level = 0;
      return FOUND;
    }
    int levels = mode - 5;
    int unused = 52 - 9 * levels;
    if (address << unused >> unused != address) {
      return PAGE_FAULT;
    }
    long table = (satp & PPN_MASK) << 12;
    for (int at = levels - 1; at >= 0; at--) {
      long slot = table + ((address >>> (12 + 9 * at)) & 511) * 8;
      if (!memory.contains(slot, 8)) {
        return ACCESS_FAULT;
      }
      long entry = RawMemory.getLong(memory.machineAddress(slot));
      if ((entry & VALID) == 0 || (entry & (READ | WRITE)) == WRITE || (entry & RESERVED) != 0) {
        return PAGE_FAULT;
      }
      long frame = entry >>> PPN_SHIFT & PPN_MASK;
      if ((entry & (READ | EXECUTE)) != 0) {
        return found(entry, frame, at, address);
      }
      if ((entry & (DIRTY | ACCESSED | USER)) != 0) {
        return PAGE_FAULT;
      }
      table = frame << 12;
    }
    return PAGE_FAULT;
  }

  private int found(long entry, long frame, int at, long address) {
    long below = (1L << (9 * at)) - 1;
    if ((frame & below) != 0) {
      return PAGE_FAULT;
    }
    leaf = entry;
    level = at;
    physical = ((frame | ((address >>> 12) & below)) << 12) | (address & 0xfff);
    return FOUND;
  }

  /** Whether a leaf lets the access through (steps 6 to 8 of the process). Not for Bare. */
  static boolean permits(long leaf, int access, boolean user, boolean sum, boolean mxr) {
    if ((leaf & ACCESSED) == 0) {
      return false;
    }
    if (user) {
      if ((leaf & USER) == 0) {
        return false;
      }
    } else if ((leaf & USER) != 0 && (access == FETCH || !sum)) {
      return false;
    }
    return switch (access) {
      case FETCH -> (leaf & EXECUTE) != 0;
      case LOAD -> (leaf & READ) != 0 || (mxr && (leaf & EXECUTE) != 0);
      default -> (leaf & (WRITE | DIRTY)) == (WRITE | DIRTY);
    };
  }
}
