package org.javisor.riscv.hart;

import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.javisor.machine.GuestMemory;
import org.javisor.machine.RawMemory;
import org.javisor.machine.WriteWatch;
import org.jspecify.annotations.Nullable;

/**
 * The decoded pages of one machine, by physical page. Where its memory is still as in the image it
 * was copied from, they are those of all machines of that image.
 *
 * <p>A page with decoded code is watched, so that stores to it, by whichever hart, device or
 * address, come by {@link #written} and clear what they overwrite. When a page is dropped, because
 * it has become data or to bound memory, harts may still hold it: the generation then changes, and
 * a hart that executes {@code fence.i} forgets its pages if it sees another generation than the
 * last time. Until then a guest has no right to expect its stores to be seen by fetches.
 */
final class CodeCache {
  /** Bytes that a decoded page takes: for each slot its instruction, its heat, and a unit. */
  private static final long PAGE_COST = (8L + 4 + 4) * CodePage.SLOTS + 128;

  /** The part of the heap that the decoded pages of a machine may take. */
  private static final int HEAP_PART = 8;

  private static final int MIN_PAGES = 1024;
  private static final int MAX_PAGES = 16384;

  /**
   * The part of all pages that is evicted at once, for every eviction costs harts their fetches.
   */
  private static final int EVICTED_PART = 8;

  private static final int CHUNK_SHIFT = 9;
  private static final int CHUNK = 1 << CHUNK_SHIFT;

  private final GuestMemory memory;
  private final WriteWatch watch;

  /** The pages that are still as in the memory's image, if it has one, are in this watch. */
  private final WriteWatch unchanged;

  private final @Nullable SharedCode shared;
  private final BiConsumer<Hart, CodePage> announcement;
  private final Consumer<Hart> eviction;

  /** By page number relative to RAM's base, in chunks; entries change under the lock only. */
  private final @Nullable CodePage[] @Nullable [] chunks;

  /** The pages in order of creation, a ring that evicts. */
  private final @Nullable CodePage[] order;

  private int next;
  private volatile long generation;

  /**
   * A cache for {@code memory}.
   *
   * @param announcement called, with the hart whose thread it is on, for each page that has just
   *     begun to be watched, before any hart can decode in it: must see to it that no hart goes on
   *     storing past the watch
   * @param eviction called, with that hart, when many pages have been dropped: should see to it
   *     that the harts let go of them
   */
  CodeCache(GuestMemory memory, BiConsumer<Hart, CodePage> announcement, Consumer<Hart> eviction) {
    this.memory = memory;
    this.announcement = announcement;
    this.eviction = eviction;
    long affordable = Runtime.getRuntime().maxMemory() / HEAP_PART / PAGE_COST;
    this.order = new CodePage[Math.clamp(affordable, MIN_PAGES, MAX_PAGES)];
    this.watch = memory.watch(this::written);
    this.unchanged = memory.watch(this::changed);
    int pages = Math.toIntExact(memory.size() >>> GuestMemory.PAGE_SHIFT);
    this.shared =
        memory.image().map(image -> SharedCode.of(image, memory.base(), order.length)).orElse(null);
    if (shared != null) {
      unchanged.setAll();
    }
    this.chunks = new CodePage[(pages + CHUNK - 1) >> CHUNK_SHIFT][];
  }

  /** Changes whenever a page has been dropped. */
  long generation() {
    return generation;
  }

  /** The decoded page at the page-aligned guest physical address, which is RAM. */
  CodePage page(long physical, Hart hart) {
    CodePage page = find(physical);
    if (page != null) {
      return page;
    }
    CodePage common = shared == null ? null : shared(physical, shared);
    if (common != null) {
      return common;
    }
    CodePage created = CodePage.own(physical, memory.machineAddress(physical));
    synchronized (this) {
      page = find(physical);
      if (page != null) {
        return page;
      }
      if (order[next] != null) {
        evict(hart);
      }
      order[next] = created;
      next = (next + 1) % order.length;
      watch.set(physical);
      // Inside the lock: a hart that found the page earlier could decode what another one is about
      // to overwrite, and execute a fence.i, all before the other has been told.
      announcement.accept(hart, created);
      enter(physical, created);
    }
    return created;
  }

  /** The page as all machines of the image have it, if this one has not written to it. */
  private @Nullable CodePage shared(long physical, SharedCode code) {
    if (!unchanged.contains(physical)) {
      return null;
    }
    CodePage page = code.page(physical);
    if (page == null) {
      return null;
    }
    synchronized (this) {
      CodePage present = find(physical);
      if (present != null) {
        return present;
      }
      enter(physical, page);
      // Looked at again: a store has either found the page here or is seen now.
      if (unchanged.contains(physical)) {
        return page;
      }
      drop(page);
      return null;
    }
  }

  /** A page is about not to be as in the image any more. */
  private void changed(long gpa, long length) {
    long end = gpa + length;
    for (long at = gpa & -GuestMemory.PAGE_SIZE; at < end; at += GuestMemory.PAGE_SIZE) {
      if (unchanged.clear(at)) {
        CodePage page = find(at);
        if (page != null && page.isShared()) {
          drop(page);
        }
      }
    }
  }

  /** Forgets every page: for a reset or restore of the machine. */
  synchronized void clear() {
    for (CodePage page : order) {
      if (page != null) {
        drop(page);
      }
    }
    Arrays.fill(order, null);
  }

  private void written(long gpa, long length) {
    long end = gpa + length;
    for (long at = gpa; at < end; ) {
      long physical = at & -GuestMemory.PAGE_SIZE;
      long pageEnd = Math.min(end, physical + GuestMemory.PAGE_SIZE);
      CodePage page = find(physical);
      if (page != null && !page.isShared()) {
        RawMemory.fullFence();
        if (page.written((int) (at - physical), (int) (pageEnd - physical))) {
          drop(page);
        }
      }
      at = pageEnd;
    }
  }

  private synchronized void drop(CodePage page) {
    if (find(page.physical()) == page) {
      enter(page.physical(), null);
      watch.clear(page.physical());
      if (!page.isShared()) {
        page.invalidate();
      }
      generation++;
    }
  }

  private void evict(Hart hart) {
    for (int i = 0; i < order.length / EVICTED_PART; i++) {
      int oldest = (next + i) % order.length;
      CodePage page = order[oldest];
      if (page != null) {
        drop(page);
        order[oldest] = null;
      }
    }
    eviction.accept(hart);
  }

  private @Nullable CodePage find(long physical) {
    int number = (int) ((physical - memory.base()) >>> GuestMemory.PAGE_SHIFT);
    @Nullable CodePage[] chunk = chunks[number >> CHUNK_SHIFT];
    return chunk == null ? null : chunk[number & CHUNK - 1];
  }

  private void enter(long physical, @Nullable CodePage page) {
    int number = (int) ((physical - memory.base()) >>> GuestMemory.PAGE_SHIFT);
    @Nullable CodePage[] chunk = chunks[number >> CHUNK_SHIFT];
    if (chunk == null) {
      chunk = new CodePage[CHUNK];
      chunks[number >> CHUNK_SHIFT] = chunk;
    }
    chunk[number & CHUNK - 1] = page;
    RawMemory.fullFence();
  }
}
