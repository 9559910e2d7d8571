package org.javisor.riscv.hart;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.javisor.machine.RawMemory;
import org.jspecify.annotations.Nullable;

/**
 * What a hart has cached of one address space: a table of data translations for each {@link
 * SoftTlb} mode, and the decoded pages it has fetched from.
 */
final class TlbContext {
  static final int FETCH_ENTRIES = 256;

  /** In no tag: tags have a privilege mode, 0 or 1, in the bits of the page offset. */
  private static final long NO_FETCH = 2;

  /** Bits of the filter of pages stored to. */
  private static final int FILTER_BITS = 1 << 14;

  private final MemorySegment block;
  private final long tables;
  private final boolean[] used = new boolean[SoftTlb.MODES];
  private final GranuleSet superpages = new GranuleSet();

  /**
   * For each entry with a write tag, the bit of its machine page is set: says quickly that there is
   * no write tag for a page.
   */
  private final long[] written = new long[FILTER_BITS / 64];

  private final long[] fetchTags = new long[FETCH_ENTRIES];
  private final @Nullable CodePage[] fetchPages = new CodePage[FETCH_ENTRIES];

  /** By privilege mode. */
  private final JumpCache[] jumps = {new JumpCache(), new JumpCache()};

  /** Which address space it is, see {@link SoftTlb}. */
  int key = -1;

  /** The number of fences of all address spaces it has seen. */
  long fences;

  /** When it was current last. */
  long lastUse;

  TlbContext() {
    block = Arena.ofAuto().allocate((long) SoftTlb.MODES * SoftTlb.TABLE_BYTES, 64);
    tables = block.address();
    block.fill((byte) -1);
    Arrays.fill(fetchTags, NO_FETCH);
  }

  /** The machine address of the table of a mode. */
  long table(int mode) {
    return tables + (long) mode * SoftTlb.TABLE_BYTES;
  }

  /** Enters a translation; a page that may not be read or written has no such tag. */
  void install(
      int mode, long address, long machineAddress, boolean read, boolean write, int level) {
    long page = address & -4096;
    long entry = table(mode) + SoftTlb.entryOffset(address);
    RawMemory.putLong(entry + SoftTlb.READ_TAG, read ? page : SoftTlb.NO_TAG);
    RawMemory.putLong(entry + SoftTlb.WRITE_TAG, write ? page : SoftTlb.NO_TAG);
    RawMemory.putLong(entry + SoftTlb.ADDEND, machineAddress - address);
    used[mode] = true;
    if (write) {
      note(machineAddress);
    }
    if (level > 0) {
      superpages.add(address, level);
    }
  }

  /** The decoded page at {@code pc} for a privilege mode, if it has been fetched from. */
  @Nullable CodePage fetched(long pc, int privilege) {
    int slot = (int) (pc >>> 12) & FETCH_ENTRIES - 1;
    return fetchTags[slot] == ((pc & -4096) | privilege) ? fetchPages[slot] : null;
  }

  void installFetched(long pc, int privilege, CodePage page, int level) {
    int slot = (int) (pc >>> 12) & FETCH_ENTRIES - 1;
    fetchTags[slot] = (pc & -4096) | privilege;
    fetchPages[slot] = page;
    if (level > 0) {
      superpages.add(pc, level);
    }
  }

  /** Where jumps in a privilege mode lead. */
  JumpCache jumps(int privilege) {
    return jumps[privilege];
  }

  /** Forgets what it knows of the page that holds {@code address}. */
  void flushPage(long address) {
    if (superpages.covers(address)) {
      flush();
      return;
    }
    long page = address & -4096;
    long offset = SoftTlb.entryOffset(address);
    for (int mode = 0; mode < SoftTlb.MODES; mode++) {
      long entry = table(mode) + offset;
      if (RawMemory.getLong(entry + SoftTlb.READ_TAG) == page
          || RawMemory.getLong(entry + SoftTlb.WRITE_TAG) == page) {
        RawMemory.putLong(entry + SoftTlb.READ_TAG, SoftTlb.NO_TAG);
        RawMemory.putLong(entry + SoftTlb.WRITE_TAG, SoftTlb.NO_TAG);
      }
    }
    int slot = (int) (address >>> 12) & FETCH_ENTRIES - 1;
    if ((fetchTags[slot] & -4096) == page) {
      fetchTags[slot] = NO_FETCH;
      fetchPages[slot] = null;
    }
    jumps[Hart.USER].flushPage(address);
    jumps[Hart.SUPERVISOR].flushPage(address);
  }

  /** Forgets everything. */
  void flush() {
    for (int mode = 0; mode < SoftTlb.MODES; mode++) {
      if (used[mode]) {
        RawMemory.fill(table(mode), SoftTlb.TABLE_BYTES, (byte) -1);
        used[mode] = false;
      }
    }
    Arrays.fill(written, 0);
    superpages.clear();
    flushFetched();
  }

  /** Forgets the decoded pages. */
  void flushFetched() {
    Arrays.fill(fetchTags, NO_FETCH);
    Arrays.fill(fetchPages, null);
    jumps[Hart.USER].flush();
    jumps[Hart.SUPERVISOR].flush();
  }

  /**
   * Whether a write tag of a machine page was entered since the last {@link #flush} or {@link
   * #dropWriteTags(long)}, even if it has been replaced; may err on the side of yes.
   */
  boolean mayHaveWritten(long machinePage) {
    int bit = filterBit(machinePage);
    return (written[bit >> 6] >>> bit & 1) != 0;
  }

  /** Removes the write tags of a machine page, and makes the filter exact again on the way. */
  void dropWriteTags(long machinePage) {
    if (mayHaveWritten(machinePage)) {
      Arrays.fill(written, 0);
      for (int mode = 0; mode < SoftTlb.MODES; mode++) {
        if (used[mode]) {
          dropWriteTags(table(mode), machinePage);
        }
      }
    }
  }

  private void dropWriteTags(long table, long machinePage) {
    long end = table + SoftTlb.TABLE_BYTES;
    for (long entry = table; entry < end; entry += SoftTlb.ENTRY_BYTES) {
      long tag = RawMemory.getLong(entry + SoftTlb.WRITE_TAG);
      if (tag != SoftTlb.NO_TAG) {
        long page = tag + RawMemory.getLong(entry + SoftTlb.ADDEND);
        if (page == machinePage) {
          RawMemory.putLong(entry + SoftTlb.WRITE_TAG, SoftTlb.NO_TAG);
        } else {
          note(page);
        }
      }
    }
  }

  /** Removes all write tags. */
  void dropWriteTags() {
    for (int mode = 0; mode < SoftTlb.MODES; mode++) {
      if (used[mode]) {
        long table = table(mode);
        for (long at = 0; at < SoftTlb.TABLE_BYTES; at += SoftTlb.ENTRY_BYTES) {
          RawMemory.putLong(table + at + SoftTlb.WRITE_TAG, SoftTlb.NO_TAG);
        }
      }
    }
    Arrays.fill(written, 0);
  }

  private void note(long machineAddress) {
    int bit = filterBit(machineAddress);
    written[bit >> 6] |= 1L << bit;
  }

  private static int filterBit(long machineAddress) {
    return (int) (machineAddress >>> 12) & FILTER_BITS - 1;
  }
}
