package org.javisor.riscv.hart;

import java.util.Arrays;

/**
 * The superpages some 4 KiB translations of a context came from: an exact set of (base address,
 * level), so that a fence of one page finds out whether it must drop more than that page.
 *
 * <p>Bounded, for the guest decides what is in it: when full it claims to contain everything.
 */
final class GranuleSet {
  private static final int CAPACITY = 4096;
  private static final int MAX_LEVEL = 4;

  private long[] keys = new long[16];
  private int size;
  private boolean full;
  private final int[] sizeOfLevel = new int[MAX_LEVEL + 1];

  /** Adds the superpage of {@code level} (1 to 4) that holds {@code address}. */
  void add(long address, int level) {
    if (full) {
      return;
    }
    long key = key(address, level);
    int slot = slot(key);
    if (keys[slot] == key) {
      return;
    }
    if (size == CAPACITY / 2) {
      full = true;
      return;
    }
    keys[slot] = key;
    size++;
    sizeOfLevel[level]++;
    if (size * 2 > keys.length) {
      grow();
    }
  }

  /** Whether a superpage in the set holds {@code address}. */
  boolean covers(long address) {
    if (full) {
      return true;
    }
    for (int level = 1; level <= MAX_LEVEL; level++) {
      if (sizeOfLevel[level] != 0) {
        long key = key(address, level);
        if (keys[slot(key)] == key) {
          return true;
        }
      }
    }
    return false;
  }

  void clear() {
    if (size != 0) {
      Arrays.fill(keys, 0);
      Arrays.fill(sizeOfLevel, 0);
      size = 0;
    }
    full = false;
  }

  private void grow() {
    long[] old = keys;
    keys = new long[old.length * 2];
    for (long key : old) {
      if (key != 0) {
        keys[slot(key)] = key;
      }
    }
  }

  /** Never 0, since the level is in the low bits. */
  private static long key(long address, int level) {
    int shift = 12 + 9 * level;
    return (address >>> shift << shift) | level;
  }

  private int slot(long key) {
    int mask = keys.length - 1;
    long mixed = key * 0x9e37_79b9_7f4a_7c15L;
    int slot = (int) (mixed >>> 40) & mask;
    while (keys[slot] != 0 && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}
