package org.javisor.riscv.lockstep;

import org.javisor.machine.GuestMemory;

/** Page tables (Sv39) of one of a random program's address spaces. */
final class AddressSpace {
  static final long VALID = 1;
  static final long READ = 1 << 1;
  static final long WRITE = 1 << 2;
  static final long EXECUTE = 1 << 3;
  static final long USER = 1 << 4;
  static final long GLOBAL = 1 << 5;
  static final long ACCESSED = 1 << 6;
  static final long DIRTY = 1 << 7;

  /** All that an access may need, but for USER. */
  static final long ALL = VALID | READ | WRITE | EXECUTE | ACCESSED | DIRTY;

  private static final long SV39 = 8L << 60;
  private static final int ASID_SHIFT = 44;

  private final GuestMemory memory;
  private final int number;
  private final long root;
  private final long programs;

  /** Tables with the supervisor's own pages in them. */
  AddressSpace(GuestMemory memory, int number) {
    this.memory = memory;
    this.number = number;
    root = Layout.TABLES + (long) number * Layout.TABLE_PAGES * Layout.PAGE;
    programs = root + 2 * Layout.PAGE;
    long middle = root + Layout.PAGE;
    point(root, Layout.CODE >>> 30, middle);
    point(middle, Layout.CODE >>> 21, programs);
    long upper = root + 3 * Layout.PAGE;
    long supervisor = root + 4 * Layout.PAGE;
    point(root, Layout.MEMORY >>> 30, upper);
    point(upper, Layout.MEMORY >>> 21, supervisor);
    for (long page = Layout.MEMORY; page < Layout.FRAMES; page += Layout.PAGE) {
      long access = page == Layout.HANDLER ? READ | EXECUTE : READ | WRITE;
      put(supervisor, page, page, VALID | ACCESSED | DIRTY | GLOBAL | access);
    }
  }

  /** Maps a page of the program. */
  AddressSpace map(long virtual, long physical, long flags) {
    put(programs, virtual, physical, flags);
    return this;
  }

  /** Physical address of the table that has the program's pages. */
  long programTable() {
    return programs;
  }

  long satp() {
    return SV39 | (long) (number + 1) << ASID_SHIFT | root >>> 12;
  }

  private void point(long table, long slot, long next) {
    memory.putLong(table + 8 * (slot & 511), next >>> 2 | VALID);
  }

  private void put(long table, long virtual, long physical, long flags) {
    memory.putLong(table + 8 * (virtual >>> 12 & 511), physical >>> 2 | flags);
  }
}
