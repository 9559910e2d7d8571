package org.javisor.riscv.hart;

import org.jspecify.annotations.Nullable;

/**
 * A hart's cache of the composition guest virtual to machine address.
 *
 * <p>There is a {@link TlbContext} for each address space the hart was in lately, known by paging
 * mode and ASID: changing {@code satp} changes the current context and flushes nothing. A context
 * has one off-heap table for each access mode: user, supervisor, supervisor with SUM; changing
 * privilege or SUM changes the current table. A table has 1024 entries of 32 bytes, directly mapped
 * by the low bits of the virtual page number:
 *
 * <pre>
 *  0  read tag    virtual page address if loads from the page may take the fast path, or -1
 *  8  write tag   the same for stores and atomic operations
 * 16  addend      machine address - virtual address
 * 24  unused
 * </pre>
 *
 * <p>An access of {@code size} bytes (a power of two) at {@code address} is looked up so, in any
 * engine, inline or not:
 *
 * <pre>
 * entry = hart.tlb() + (address >>> {@value #INDEX_SHIFT} & {@value #INDEX_MASK})
 * if (getLong(entry + tag) == (address & (-4096 | size - 1)))  // folds in the alignment
 *   access(address + getLong(entry + 16))
 * else
 *   slow path
 * </pre>
 *
 * <p>A misaligned access never equals a tag, hence neither does one that crosses a page; both are
 * the slow path's business. A device register is never entered. A write tag is entered only if the
 * page is not watched, so that decode cache and dirty log cost the fast path nothing.
 *
 * <p>A fence of one page in all address spaces is applied to the current context; the others learn
 * of it when they become current, from a ring of the last such fences. A context that has missed
 * more than the ring holds is flushed.
 */
public final class SoftTlb {
  /** Offset of the read tag in an entry. */
  public static final int READ_TAG = 0;

  /** Offset of the write tag in an entry. */
  public static final int WRITE_TAG = 8;

  /** Offset of the addend in an entry. */
  public static final int ADDEND = 16;

  /** Unsigned right shift that brings an address's page number to the place of the index. */
  public static final int INDEX_SHIFT = 7;

  /** Mask of the byte offset of an entry. */
  public static final int INDEX_MASK = 0x7fe0;

  /** And the size of the access less one: what an address is compared with a tag under. */
  public static final long TAG_MASK = -4096;

  static final long NO_TAG = -1;
  static final int ENTRY_BYTES = 32;
  static final int TABLE_BYTES = INDEX_MASK + ENTRY_BYTES;

  static final int MODE_USER = 0;
  static final int MODE_SUPERVISOR = 1;
  static final int MODE_SUPERVISOR_SUM = 2;
  static final int MODES = 3;

  private static final int CONTEXTS = 64;
  private static final int RING = 256;

  /** More pages than this in one range: flushing the address space costs less. */
  private static final long MAX_PAGES_ONE_BY_ONE = 64;

  private final @Nullable TlbContext[] contexts = new TlbContext[CONTEXTS];
  private final long[] ring = new long[RING];

  /** Fences of all address spaces so far. */
  private long fences;

  private long uses;
  private TlbContext current;

  SoftTlb() {
    current = new TlbContext();
    current.key = 0;
    contexts[0] = current;
  }

  /** The byte offset of the entry of an address in its table. */
  static long entryOffset(long address) {
    return address >>> INDEX_SHIFT & INDEX_MASK;
  }

  TlbContext current() {
    return current;
  }

  /** Makes the context of a value of satp current. */
  void select(long satp) {
    int key = (int) (satp >>> PageWalker.SATP_ASID_SHIFT);
    if (key == current.key) {
      return;
    }
    current = context(key);
    current.lastUse = ++uses;
    catchUp(current);
  }

  private TlbContext context(int key) {
    int oldest = 0;
    long oldestUse = Long.MAX_VALUE;
    for (int i = 0; i < CONTEXTS; i++) {
      TlbContext context = contexts[i];
      if (context == null) {
        context = new TlbContext();
        context.key = key;
        context.fences = fences;
        contexts[i] = context;
        return context;
      }
      if (context.key == key) {
        return context;
      }
      if (context.lastUse < oldestUse) {
        oldest = i;
        oldestUse = context.lastUse;
      }
    }
    TlbContext context = contexts[oldest];
    if (context == null) {
      throw new AssertionError();
    }
    context.flush();
    context.key = key;
    context.fences = fences;
    return context;
  }

  private void catchUp(TlbContext context) {
    if (fences - context.fences > RING) {
      context.flush();
    } else {
      for (long at = context.fences; at < fences; at++) {
        context.flushPage(ring[(int) at & RING - 1]);
      }
    }
    context.fences = fences;
  }

  /** Forgets everything in all address spaces: {@code sfence.vma x0, x0}. */
  void flush() {
    fences += RING + 1;
    catchUp(current);
  }

  /** Forgets one page in all address spaces: {@code sfence.vma address, x0}. */
  void flushPage(long address) {
    ring[(int) fences++ & RING - 1] = address;
    catchUp(current);
  }

  /** Forgets an address space: {@code sfence.vma x0, asid}. */
  void flushSpace(int asid) {
    for (TlbContext context : contexts) {
      if (context != null && isOf(context, asid)) {
        context.flush();
      }
    }
  }

  /** Forgets one page in one address space: {@code sfence.vma address, asid}. */
  void flushPage(long address, int asid) {
    for (TlbContext context : contexts) {
      if (context != null && isOf(context, asid)) {
        context.flushPage(address);
      }
    }
  }

  /**
   * Forgets a range of pages.
   *
   * @param asid the address space, or -1 for all
   */
  void flushRange(long start, long size, int asid) {
    if (Long.compareUnsigned(size, MAX_PAGES_ONE_BY_ONE << 12) > 0) {
      if (asid < 0) {
        flush();
      } else {
        flushSpace(asid);
      }
      return;
    }
    long pages = ((start & 4095) + size + 4095) >>> 12;
    for (long page = 0; page < pages; page++) {
      if (asid < 0) {
        flushPage(start + (page << 12));
      } else {
        flushPage(start + (page << 12), asid);
      }
    }
  }

  /** Forgets the decoded pages of all address spaces. */
  void flushFetched() {
    for (TlbContext context : contexts) {
      if (context != null) {
        context.flushFetched();
      }
    }
  }

  /**
   * Whether the hart may have stored to a machine page by a write tag since its tags were dropped
   * last.
   */
  boolean mayHaveWritten(long machinePage) {
    for (TlbContext context : contexts) {
      if (context != null && context.mayHaveWritten(machinePage)) {
        return true;
      }
    }
    return false;
  }

  /** Removes the write tags of a machine page. */
  void dropWriteTags(long machinePage) {
    for (TlbContext context : contexts) {
      if (context != null) {
        context.dropWriteTags(machinePage);
      }
    }
  }

  /** Removes all write tags. */
  void dropWriteTags() {
    for (TlbContext context : contexts) {
      if (context != null) {
        context.dropWriteTags();
      }
    }
  }

  /** In Bare mode there are no address spaces, so no fence of one concerns it. */
  private static boolean isOf(TlbContext context, int asid) {
    return (context.key & 0xffff) == asid && context.key >>> 16 != 0;
  }
}
