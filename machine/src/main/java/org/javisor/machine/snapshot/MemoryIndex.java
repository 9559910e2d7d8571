package org.javisor.machine.snapshot;

import java.util.BitSet;
import org.javisor.machine.GuestMemory;
import org.javisor.machine.SavedState;
import org.javisor.machine.SavedStateException;
import org.javisor.machine.StateVersion;

/**
 * What is in a memory file: page N of the memory at N times the page size, holes where pages are
 * zero.
 *
 * @param base first guest physical address of the memory
 * @param size bytes of memory, and of the file
 * @param present a bit for each page that is written in the file, the lowest first
 * @param sums for each piece of {@value #PIECE_PAGES} pages the CRC-32C of its present pages, one
 *     after the other; 0 where there are none
 */
@SuppressWarnings("ArrayRecordComponent") // wire form: copied in and out, never shared
@StateVersion(1)
public record MemoryIndex(long base, long size, long[] present, int[] sums) implements SavedState {
  /** Pages that share a checksum. */
  public static final int PIECE_PAGES = 64;

  /** Checks the lengths. */
  public MemoryIndex {
    if (size <= 0 || size > 1L << 40 || size % GuestMemory.PAGE_SIZE != 0) {
      throw new SavedStateException("a memory file of " + size + " bytes");
    }
    int pages = pages(size);
    if (present.length > Math.ceilDiv(pages, Long.SIZE) || sums.length != pieces(size)) {
      throw new SavedStateException("the index of a memory file is of another size");
    }
    if (BitSet.valueOf(present).length() > pages) {
      throw new SavedStateException("the index of a memory file has pages behind its end");
    }
  }

  /** Which pages are written in the file. */
  public BitSet pagesPresent() {
    return BitSet.valueOf(present);
  }

  static int pages(long size) {
    return Math.toIntExact(size >>> GuestMemory.PAGE_SHIFT);
  }

  static int pieces(long size) {
    return Math.ceilDiv(pages(size), PIECE_PAGES);
  }
}
