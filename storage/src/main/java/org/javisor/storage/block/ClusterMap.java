package org.javisor.storage.block;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The map of an overlay in memory: a directory of leaves, each of which has the {@linkplain
 * ClusterEntry entries} of 8192 clusters (512 MiB of disk). Leaves exist once something in them was
 * written; a map costs at most 8 bytes for each 64 KiB of disk.
 *
 * <p>Entries are read and set without locks; whoever changes one holds the lock of its cluster.
 */
final class ClusterMap {

  static final int CLUSTER_BITS = 16;
  static final int CLUSTER = 1 << CLUSTER_BITS;
  static final int PAGE = 4096;
  static final int PAGES = CLUSTER / PAGE;
  static final int LEAF_ENTRIES = CLUSTER / Long.BYTES;

  /** Entries that are written to the file together. */
  static final int PART_ENTRIES = PAGE / Long.BYTES;

  static final int MOST_DIRECTORY_CLUSTERS = 4;

  private static final long BYTES_PER_LEAF = (long) LEAF_ENTRIES * CLUSTER;

  /** 8192 clusters' entries. */
  static final class Leaf {
    final AtomicLongArray entries = new AtomicLongArray(LEAF_ENTRIES);

    /** Bit p: entries from p * PART_ENTRIES on differ from the file's. */
    private final AtomicInteger dirty = new AtomicInteger();

    /** Cluster of the file that holds this leaf; 0 before its first flush. Flushes only use it. */
    long place;
  }

  /**
   * What one leaf had to be written when a flush began.
   *
   * @param parts bit p: part p of the values
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Change(int index, Leaf leaf, int parts, long[] values) {}

  private final AtomicReferenceArray<@Nullable Leaf> leaves;

  ClusterMap(int directoryClusters) {
    leaves = new AtomicReferenceArray<>(directoryClusters * LEAF_ENTRIES);
  }

  /** The largest disk that a directory of so many clusters can describe, in bytes. */
  static long capacity(int directoryClusters) {
    return BYTES_PER_LEAF * LEAF_ENTRIES * directoryClusters;
  }

  long get(long cluster) {
    Leaf leaf = leaves.get((int) (cluster / LEAF_ENTRIES));
    return leaf == null ? 0 : leaf.entries.get((int) (cluster % LEAF_ENTRIES));
  }

  void set(long cluster, long entry) {
    Leaf leaf = leafOf((int) (cluster / LEAF_ENTRIES));
    int index = (int) (cluster % LEAF_ENTRIES);
    leaf.entries.set(index, entry);
    int bit = 1 << (index / PART_ENTRIES);
    if ((leaf.dirty.get() & bit) == 0) {
      leaf.dirty.getAndUpdate(parts -> parts | bit);
    }
  }

  /** Whether nothing was ever written around a cluster. */
  boolean untouched(long cluster) {
    return leaves.get((int) (cluster / LEAF_ENTRIES)) == null;
  }

  /**
   * The first cluster from {@code from} on around which something was written; else a large one.
   */
  long nextTouched(long from) {
    for (long leaf = from / LEAF_ENTRIES; leaf < leaves.length(); leaf++) {
      if (leaves.get((int) leaf) != null) {
        return Math.max(from, leaf * LEAF_ENTRIES);
      }
    }
    return Long.MAX_VALUE;
  }

  private Leaf leafOf(int index) {
    Leaf leaf = leaves.get(index);
    if (leaf == null) {
      Leaf made = new Leaf();
      leaf = leaves.compareAndExchange(index, null, made);
      leaf = leaf == null ? made : leaf;
    }
    return leaf;
  }

  /** Puts a leaf as the file has it. */
  void load(int index, long place, long[] values) {
    Leaf leaf = new Leaf();
    leaf.place = place;
    for (int i = 0; i < values.length; i++) {
      leaf.entries.setPlain(i, values[i]);
    }
    leaves.set(index, leaf);
  }

  /** Everything that differs from the file, as it is now; differs no more from now on. */
  List<Change> takeChanges() {
    List<Change> changes = new ArrayList<>();
    for (int index = 0; index < leaves.length(); index++) {
      Leaf leaf = leaves.get(index);
      int parts = leaf == null ? 0 : leaf.dirty.getAndSet(0);
      if (leaf != null && parts != 0) {
        int all = leaf.place == 0 ? 0xffff : parts;
        long[] values = new long[LEAF_ENTRIES];
        for (int i = 0; i < LEAF_ENTRIES; i++) {
          values[i] = ((all >> (i / PART_ENTRIES)) & 1) == 0 ? 0 : leaf.entries.get(i);
        }
        changes.add(new Change(index, leaf, all, values));
      }
    }
    return changes;
  }

  /** Says that changes did not reach the file after all. */
  void giveBack(List<Change> changes) {
    for (Change change : changes) {
      change.leaf().dirty.getAndUpdate(parts -> parts | change.parts());
    }
  }
}
