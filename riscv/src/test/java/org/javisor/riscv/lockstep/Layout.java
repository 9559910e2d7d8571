package org.javisor.riscv.lockstep;

/** Where things are in the machines of random programs. */
final class Layout {
  static final int PAGE = 4096;

  /** Physical, and virtual in every address space. */
  static final long MEMORY = 0x1_2000_0000L;

  static final int PAGES = 40;
  static final long MEMORY_BYTES = (long) PAGES * PAGE;

  static final long HANDLER = MEMORY;
  static final long SAVE_AREA = MEMORY + PAGE;

  /** Tables of the address spaces, {@link #TABLE_PAGES} each. */
  static final long TABLES = MEMORY + 2 * PAGE;

  static final int TABLE_PAGES = 5;
  static final int SPACES = 2;

  /** Physical pages of programs: the code of each address space, then the data that both have. */
  static final long FRAMES = MEMORY + 16 * PAGE;

  /** Virtual addresses of programs. */
  static final long CODE = 0x40_0000;

  static final int CODE_PAGES = 4;

  /** The distance to the same code once more, writable and not executable. */
  static final long WRITABLE = 0x8_0000;

  static final long DATA = 0x50_0000;
  static final int DATA_PAGES = 8;

  /** Where the registers that hold addresses point, near the border of two pages. */
  static final long WINDOW = DATA + PAGE;

  // Of a program's own, as offsets from the center of the window.
  static final int STACK_POINTER = 1104;
  static final int DEPTH = 1112;
  static final int COUNTERS = 1120;
  static final int COUNTER_COUNT = 32;

  static final long STACK_TOP = DATA + 6 * PAGE - 64;

  /** Entries of each address space, each of this many bytes at the beginning of its code. */
  static final int ENTRIES = 8;

  static final int ENTRY_BYTES = 64;

  private Layout() {}

  static long entry(int number) {
    return CODE + (long) number * ENTRY_BYTES;
  }
}
