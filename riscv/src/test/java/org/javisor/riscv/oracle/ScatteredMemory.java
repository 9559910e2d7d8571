package org.javisor.riscv.oracle;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.javisor.machine.GuestMemory;

/**
 * The program's memory behind page tables (Sv39) that put each page somewhere else, so that what is
 * contiguous to the program never is in memory. Untranslated memory is the case without scattering.
 */
final class ScatteredMemory implements AutoCloseable {
  private static final int PAGE = 0x1000;
  private static final int PAGES = (int) (Layout.MEMORY_BYTES / PAGE);
  private static final int ENTRIES = 512;
  private static final int TABLES = 2 + PAGES / ENTRIES;

  /** Valid, readable, writable, executable, accessed, dirty. */
  private static final long LEAF = 0xcf;

  private static final long VALID = 1;
  private static final long USER = 1 << 4;
  private static final long SV39 = 8L << 60;

  private final GuestMemory memory =
      GuestMemory.allocate(Layout.CODE, Layout.MEMORY_BYTES + (long) TABLES * PAGE);
  private final int[] frames = new int[PAGES];

  ScatteredMemory(boolean isScattered, boolean isUser) {
    Arrays.setAll(frames, page -> page);
    if (isScattered) {
      var random = new SplittableRandom(5);
      // The code that turns translation on must be where it was.
      for (int page = PAGES - 1; page > 1; page--) {
        int other = random.nextInt(1, page + 1);
        int frame = frames[page];
        frames[page] = frames[other];
        frames[other] = frame;
      }
    }
    writeTables(isUser);
  }

  private void writeTables(boolean isUser) {
    long root = Layout.CODE + Layout.MEMORY_BYTES;
    memory.putLong(root + 8 * (Layout.CODE >>> 30 & 511), pointer(root + PAGE));
    for (int page = 0; page < PAGES; page++) {
      long table = root + (2L + page / ENTRIES) * PAGE;
      memory.putLong(root + PAGE + 8L * (page / ENTRIES), pointer(table));
      long frame = Layout.CODE + (long) frames[page] * PAGE;
      boolean isSupervisors = page == (Layout.TRAP_VECTORS - Layout.CODE) / PAGE;
      long user = isUser && !isSupervisors ? USER : 0;
      memory.putLong(table + 8L * (page % ENTRIES), frame >>> 2 | LEAF | user);
    }
  }

  private static long pointer(long table) {
    return table >>> 2 | VALID;
  }

  /** The value of satp. */
  long satp() {
    return SV39 | (Layout.CODE + Layout.MEMORY_BYTES) >>> 12;
  }

  GuestMemory memory() {
    return memory;
  }

  private long physical(long address) {
    long offset = address - Layout.CODE;
    return Layout.CODE + (long) frames[(int) (offset / PAGE)] * PAGE + offset % PAGE;
  }

  /** Puts bytes at an address of the program. */
  void write(long address, byte[] bytes) {
    for (int done = 0; done < bytes.length; ) {
      int length = Math.min(bytes.length - done, PAGE - (int) ((address + done) & (PAGE - 1)));
      memory.write(physical(address + done), bytes, done, length);
      done += length;
    }
  }

  /** The bytes at an address of the program. */
  byte[] read(long address, int length) {
    byte[] bytes = new byte[length];
    for (int done = 0; done < length; ) {
      int part = Math.min(length - done, PAGE - (int) ((address + done) & (PAGE - 1)));
      memory.read(physical(address + done), bytes, done, part);
      done += part;
    }
    return bytes;
  }

  @Override
  public void close() {
    memory.close();
  }
}
