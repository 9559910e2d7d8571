package org.javisor.riscv.hart;

import java.util.Arrays;
import java.util.List;

/**
 * Units of translation by virtual address, for one address space and privilege mode: what a jump
 * looks its target up in.
 *
 * <p>That all pages of a unit are mapped as it was translated is checked when it is entered here.
 * Everything is forgotten when the translation of such a page may have changed.
 */
final class JumpCache {
  /** An address and the unit there. No instruction begins at an odd address. */
  record Jump(long address, UnitEntry entry) {}

  static final int SIZE = 2048;

  private static final Jump NOWHERE = new Jump(1, new UnitEntry(0, List.of(), Unit.NONE, false));
  private static final int PAGE_BITS = 4096;

  /** Directly mapped by {@link #index}; never null. */
  final Jump[] jumps = new Jump[SIZE];

  /** For each virtual page that a unit in here covers, the bit of its number's low part is set. */
  private final long[] pages = new long[PAGE_BITS / 64];

  private boolean used;

  JumpCache() {
    Arrays.fill(jumps, NOWHERE);
  }

  static int index(long address) {
    return (int) (address >>> 1) & SIZE - 1;
  }

  void enter(long address, UnitEntry entry) {
    for (UnitEntry.Part part : entry.parts()) {
      int bit = bit((address >>> 12) + part.distance());
      pages[bit >> 6] |= 1L << bit;
    }
    jumps[index(address)] = new Jump(address, entry);
    used = true;
  }

  void forget(long address) {
    jumps[index(address)] = NOWHERE;
  }

  /** The translation of the page that holds {@code address} may have changed. */
  void flushPage(long address) {
    int bit = bit(address >>> 12);
    if ((pages[bit >> 6] >>> bit & 1) != 0) {
      flush();
    }
  }

  void flush() {
    if (used) {
      Arrays.fill(jumps, NOWHERE);
      Arrays.fill(pages, 0);
      used = false;
    }
  }

  private static int bit(long page) {
    return (int) page & PAGE_BITS - 1;
  }
}
