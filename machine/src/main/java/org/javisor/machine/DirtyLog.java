package org.javisor.machine;

import java.util.BitSet;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Which pages of guest memory have been written since they were last collected.
 *
 * <p>Every page that is not dirty is watched, so the first write to it comes by and makes it dirty;
 * from then on writes to it cost nothing, until it is collected.
 */
public final class DirtyLog implements AutoCloseable {
  private final GuestMemory memory;
  private final WriteWatch watch;
  private final int pages;
  private final AtomicLongArray dirty;

  /**
   * A log of a memory, all of whose pages count as dirty.
   *
   * @throws IllegalStateException if too many watch it already
   */
  public DirtyLog(GuestMemory memory) {
    this.memory = memory;
    pages = Math.toIntExact(memory.size() >>> GuestMemory.PAGE_SHIFT);
    dirty = new AtomicLongArray((pages + Long.SIZE - 1) / Long.SIZE);
    for (int page = 0; page < pages; page++) {
      mark(page);
    }
    watch = memory.watch(this::written);
  }

  /**
   * Takes the dirty pages, by their number from the first of the memory: they count as clean from
   * now on. Call it with the machine paused, so that no write falls between.
   */
  public BitSet collect() {
    long[] words = new long[dirty.length()];
    for (int i = 0; i < words.length; i++) {
      words[i] = dirty.getAndSet(i, 0);
    }
    BitSet collected = BitSet.valueOf(words);
    for (int page = collected.nextSetBit(0); page >= 0; page = collected.nextSetBit(page + 1)) {
      watch.set(address(page));
    }
    memory.dropCachedWritePermission();
    return collected;
  }

  /** Makes pages dirty again, of which a collector has found no use. */
  public void giveBack(BitSet collected) {
    for (int page = collected.nextSetBit(0); page >= 0; page = collected.nextSetBit(page + 1)) {
      mark(page);
      watch.clear(address(page));
    }
  }

  /** The number of dirty pages, at some moment of the call. */
  public int count() {
    int count = 0;
    for (int i = 0; i < dirty.length(); i++) {
      count += Long.bitCount(dirty.get(i));
    }
    return count;
  }

  /** Ends the log. */
  @Override
  public void close() {
    memory.unwatch(watch);
  }

  private void written(long gpa, long length) {
    int last = page(gpa + length - 1);
    for (int page = page(gpa); page <= last; page++) {
      if (watch.contains(address(page))) {
        mark(page);
        watch.clear(address(page));
      }
    }
  }

  private void mark(int page) {
    long bit = 1L << page;
    int word = page / Long.SIZE;
    if ((dirty.get(word) & bit) == 0) {
      dirty.getAndAccumulate(word, bit, (old, more) -> old | more);
    }
  }

  private long address(int page) {
    return memory.base() + ((long) page << GuestMemory.PAGE_SHIFT);
  }

  private int page(long gpa) {
    return (int) ((gpa - memory.base()) >>> GuestMemory.PAGE_SHIFT);
  }
}
