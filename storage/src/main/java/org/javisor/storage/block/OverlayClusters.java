package org.javisor.storage.block;

import static org.javisor.storage.block.ClusterMap.CLUSTER;
import static org.javisor.storage.block.ClusterMap.PAGE;
import static org.javisor.storage.block.ClusterMap.PAGES;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The clusters of an overlaid disk: reads and writes within one of them, each page where the map
 * says that it is. A lock for each cluster, shared with others, is held for writing while its entry
 * of the map changes; to pages that lie in the file already, any number write at the same time.
 */
final class OverlayClusters {
  /** Locks that share the clusters among them. */
  private static final int STRIPES = 64;

  private final Medium medium;
  private final ClusterMap map;
  private final ClusterAllocator allocator;
  private final boolean lasting;
  private final ReentrantReadWriteLock[] stripes = new ReentrantReadWriteLock[STRIPES];
  private volatile BlockDevice base;
  private volatile boolean frozen;

  /**
   * @param lasting whether a crash must find a map that is right, so that a freed cluster has to
   *     wait for a flush
   */
  OverlayClusters(
      Medium medium,
      BlockDevice base,
      ClusterMap map,
      ClusterAllocator allocator,
      boolean lasting) {
    this.medium = medium;
    this.base = base;
    this.map = map;
    this.allocator = allocator;
    this.lasting = lasting;
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new ReentrantReadWriteLock();
    }
  }

  private ReentrantReadWriteLock stripe(long cluster) {
    return stripes[(int) (cluster % STRIPES)];
  }

  BlockDevice base() {
    return base;
  }

  /** Puts another base in place, through which every page that is not here reads the same. */
  void rebase(BlockDevice other) {
    base = other;
  }

  /** Entries do not change any more: reading needs no locks from now on. */
  void freeze() {
    frozen = true;
  }

  /** Reads a part of a cluster of the disk, from a byte of it on. */
  void read(long cluster, int within, ByteBuffer destination) throws IOException {
    if (frozen) {
      readUnlocked(cluster, within, destination);
      return;
    }
    var lock = stripe(cluster).readLock();
    lock.lock();
    try {
      readUnlocked(cluster, within, destination);
    } finally {
      lock.unlock();
    }
  }

  private void readUnlocked(long cluster, int within, ByteBuffer destination) throws IOException {
    long entry = map.get(cluster);
    int limit = destination.limit();
    int at = within;
    int end = within + destination.remaining();
    while (at < end) {
      int stop = Math.min(end, sameUntil(entry, at / PAGE) * PAGE);
      destination.limit(destination.position() + stop - at);
      readPages(cluster, entry, at, destination);
      at = stop;
    }
    destination.limit(limit);
  }

  /** The first page after {@code page} that lies elsewhere than it. */
  private static int sameUntil(long entry, int page) {
    int present = ClusterEntry.present(entry);
    int zero = ClusterEntry.zero(entry);
    int next = page + 1;
    while (next < PAGES
        && ((present >> next) & 1) == ((present >> page) & 1)
        && ((zero >> next) & 1) == ((zero >> page) & 1)) {
      next++;
    }
    return next;
  }

  private void readPages(long cluster, long entry, int within, ByteBuffer destination)
      throws IOException {
    int page = within / PAGE;
    if (((ClusterEntry.present(entry) >> page) & 1) != 0) {
      medium.read(ClusterEntry.cluster(entry) * CLUSTER + within, destination);
    } else if (((ClusterEntry.zero(entry) >> page) & 1) != 0) {
      Zeroes.fill(destination);
    } else {
      readBase(cluster * CLUSTER + within, destination);
    }
  }

  private void readBase(long offset, ByteBuffer destination) throws IOException {
    int limit = destination.limit();
    long there = Math.clamp(base.size() - offset, 0, destination.remaining());
    if (there > 0) {
      destination.limit(destination.position() + (int) there);
      base.read(offset, destination);
      destination.limit(limit);
    }
    Zeroes.fill(destination);
  }

  /** Writes a part of a cluster of the disk, from a byte of it on. */
  void write(long cluster, int within, ByteBuffer source) throws IOException {
    int last = within + source.remaining() - 1;
    int pages = ClusterEntry.pages(within / PAGE, last / PAGE);
    var shared = stripe(cluster).readLock();
    shared.lock();
    try {
      long entry = map.get(cluster);
      if ((ClusterEntry.present(entry) & pages) == pages) {
        medium.write(ClusterEntry.cluster(entry) * CLUSTER + within, source);
        return;
      }
    } finally {
      shared.unlock();
    }
    var alone = stripe(cluster).writeLock();
    alone.lock();
    try {
      writeNewPages(cluster, within, source, pages);
    } finally {
      alone.unlock();
    }
  }

  private void writeNewPages(long cluster, int within, ByteBuffer source, int pages)
      throws IOException {
    long entry = map.get(cluster);
    long place = ClusterEntry.cluster(entry);
    boolean fresh = place == 0;
    if (fresh) {
      place = allocator.allocate();
    }
    try {
      int end = within + source.remaining();
      fill(cluster, entry, place, within / PAGE * PAGE, within);
      fill(cluster, entry, place, end, Math.ceilDiv(end, PAGE) * PAGE);
      medium.write(place * CLUSTER + within, source);
    } catch (IOException | RuntimeException e) {
      if (fresh) {
        allocator.release(place);
      }
      throw e;
    }
    map.set(
        cluster,
        ClusterEntry.of(
            place, ClusterEntry.present(entry) | pages, ClusterEntry.zero(entry) & ~pages));
  }

  /** Copies the part of a page that a write leaves out to where the page will be. */
  private void fill(long cluster, long entry, long place, int from, int to) throws IOException {
    if (from == to || ((ClusterEntry.present(entry) >> (from / PAGE)) & 1) != 0) {
      return;
    }
    ByteBuffer part = ByteBuffer.allocate(to - from);
    readPages(cluster, entry, from, part);
    medium.write(place * CLUSTER + from, part.flip());
  }

  /** Whether the page at this offset of the disk is zero and takes no space. */
  boolean isHole(long offset) {
    long entry = map.get(offset / CLUSTER);
    int page = (int) (offset % CLUSTER) / PAGE;
    boolean ours = ((ClusterEntry.present(entry) >> page) & 1) != 0;
    boolean zero = ((ClusterEntry.zero(entry) >> page) & 1) != 0 || offset >= base.size();
    return zero && !ours;
  }

  /** Makes pages zero, from {@code first} to {@code last}, both included; costs no space. */
  void zero(long cluster, int first, int last) {
    int pages = ClusterEntry.pages(first, last);
    var lock = stripe(cluster).writeLock();
    lock.lock();
    try {
      long entry = map.get(cluster);
      long place = ClusterEntry.cluster(entry);
      int present = ClusterEntry.present(entry) & ~pages;
      int zero = (ClusterEntry.zero(entry) | pages) & pagesOfBase(cluster);
      long changed = ClusterEntry.of(present == 0 ? 0 : place, present, zero);
      if (changed != entry) {
        map.set(cluster, changed);
        if (place != 0 && present == 0) {
          free(place);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** The pages that the base has a byte of; the others are zero without being marked. */
  private int pagesOfBase(long cluster) {
    long pages = Math.ceilDiv(base.size() - cluster * CLUSTER, PAGE);
    return pages <= 0 ? 0 : ClusterEntry.pages(0, (int) Math.min(pages, PAGES) - 1);
  }

  /**
   * Takes over what another layer has of a cluster and this one has not. The disk reads as before
   * if that layer lies next below this one.
   */
  void takeOver(long cluster, OverlayClusters other) throws IOException {
    var lock = stripe(cluster).writeLock();
    lock.lock();
    try {
      long theirs = other.map.get(cluster);
      long entry = map.get(cluster);
      int missing = missing(entry);
      int zero = ClusterEntry.zero(theirs) & missing;
      add(
          cluster,
          entry,
          ClusterEntry.present(theirs) & missing,
          zero,
          (within, page) ->
              other.medium.read(ClusterEntry.cluster(theirs) * CLUSTER + within, page));
    } finally {
      lock.unlock();
    }
  }

  /** Copies what the base has of a cluster, unless it is zero; the disk reads as before. */
  void copyUp(long cluster) throws IOException {
    var lock = stripe(cluster).writeLock();
    lock.lock();
    try {
      long entry = map.get(cluster);
      int missing = missing(entry) & pagesOfBase(cluster);
      if (missing == 0) {
        return;
      }
      ByteBuffer below = ByteBuffer.allocate(CLUSTER);
      readBase(cluster * CLUSTER, below);
      int present = 0;
      for (int page = 0; page < PAGES; page++) {
        if (((missing >> page) & 1) != 0 && !Zeroes.only(below, page * PAGE, PAGE)) {
          present |= 1 << page;
        }
      }
      add(
          cluster,
          entry,
          present,
          0,
          (within, page) -> page.put(0, below, within, PAGE).position(PAGE));
    } finally {
      lock.unlock();
    }
  }

  private static int missing(long entry) {
    return ~(ClusterEntry.present(entry) | ClusterEntry.zero(entry)) & ClusterEntry.ALL;
  }

  /** Where pages come from, by their offset within the cluster. */
  @FunctionalInterface
  private interface Pages {
    void read(int within, ByteBuffer page) throws IOException;
  }

  private void add(long cluster, long entry, int present, int zero, Pages pages)
      throws IOException {
    if ((present | zero) == 0) {
      return;
    }
    long place = ClusterEntry.cluster(entry);
    boolean fresh = place == 0 && present != 0;
    if (fresh) {
      place = allocator.allocate();
    }
    try {
      ByteBuffer buffer = ByteBuffer.allocate(PAGE);
      for (int page = 0; page < PAGES; page++) {
        if (((present >> page) & 1) != 0) {
          pages.read(page * PAGE, buffer.clear());
          medium.write(place * CLUSTER + (long) page * PAGE, buffer.flip());
        }
      }
    } catch (IOException | RuntimeException e) {
      if (fresh) {
        allocator.release(place);
      }
      throw e;
    }
    map.set(
        cluster,
        ClusterEntry.of(
            place, ClusterEntry.present(entry) | present, ClusterEntry.zero(entry) | zero));
  }

  private void free(long place) {
    if (lasting) {
      allocator.releaseLater(place);
    } else {
      punch(place, 1);
      allocator.release(place);
    }
  }

  /** Gives the space of clusters of the file back to the host. */
  void punch(BitSet places) {
    for (int from = places.nextSetBit(0); from >= 0; ) {
      int to = places.nextClearBit(from);
      punch(from, to - from);
      from = places.nextSetBit(to);
    }
  }

  private void punch(long place, long clusters) {
    try {
      medium.punch(place * CLUSTER, clusters * CLUSTER);
    } catch (IOException e) {
      // The space stays the overlay's, and is used again.
      System.getLogger(OverlayClusters.class.getName())
          .log(System.Logger.Level.DEBUG, "cannot give space back", e);
    }
  }
}
