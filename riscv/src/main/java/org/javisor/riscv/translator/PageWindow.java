package org.javisor.riscv.translator;

import org.javisor.machine.RawMemory;
import org.javisor.riscv.hart.CodePage;
import org.javisor.riscv.hart.Hart;
import org.jspecify.annotations.Nullable;

/**
 * The decoded pages around an entry that a hart has executed lately, and a copy of their bytes:
 * where a region may reach. Offsets are in bytes from the start of the page with the entry.
 *
 * <p>The bytes are copied because the translator must not touch guest memory, which may be gone
 * when it gets to it.
 */
final class PageWindow {
  private static final int BEFORE = 1;
  private static final int SIZE = 4;
  private static final int PAGE = CodePage.BYTES;

  private final @Nullable CodePage[] pages = new CodePage[SIZE];
  private final int[] versions = new int[SIZE];
  private final byte[] bytes = new byte[SIZE * PAGE];
  private final boolean eager;

  /**
   * The pages around {@code pc}; on the hart's thread.
   *
   * @param eager whether code counts as executed that has not been
   */
  PageWindow(Hart hart, long pc, boolean eager) {
    this.eager = eager;
    CodePage entry = hart.fetched(pc);
    for (int i = 0; i < SIZE; i++) {
      CodePage page = hart.fetched(pc + (long) (i - BEFORE) * PAGE);
      // Units of pages that several machines have must not depend on pages of one.
      if (page != null && entry != null && page.isShared() == entry.isShared()) {
        pages[i] = page;
        versions[i] = page.version();
      }
    }
    // Versions first: a store that comes later changes one.
    RawMemory.fullFence();
    for (int i = 0; i < SIZE; i++) {
      CodePage page = pages[i];
      if (page != null) {
        RawMemory.copyOut(page.machineAddress(), bytes, i * PAGE, PAGE);
      }
    }
  }

  /** The page with a distance from that of the entry, which has instructions in the window. */
  CodePage page(int distance) {
    CodePage page = find(distance);
    if (page == null) {
      throw new IllegalArgumentException("no page at distance " + distance);
    }
    return page;
  }

  private @Nullable CodePage find(int distance) {
    int i = distance + BEFORE;
    return i < 0 || i >= SIZE ? null : pages[i];
  }

  /** The version the page had when its bytes were copied. */
  int version(int distance) {
    return versions[distance + BEFORE];
  }

  /** Whether the bytes of an instruction at an offset are in the window, all of them. */
  boolean contains(int offset) {
    if (find(offset >> 12) == null) {
      return false;
    }
    return (offset & PAGE - 1) != PAGE - 2
        || (half(offset) & 3) != 3
        || find((offset >> 12) + 1) != null;
  }

  /** The bits of the instruction at an offset in the window. */
  int bits(int offset) {
    int low = half(offset);
    return (low & 3) != 3 ? low : low | half(offset + 2) << 16;
  }

  /** Whether the instruction at an offset in the window has been executed. */
  boolean isExecuted(int offset) {
    CodePage page = find(offset >> 12);
    int slot = (offset & PAGE - 1) >> 1;
    // What crosses a page's end is never kept decoded.
    return page != null && (eager || slot == CodePage.SLOTS - 1 || page.slots()[slot] != 0);
  }

  private int half(int offset) {
    int at = offset + BEFORE * PAGE;
    return (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8;
  }
}
