package org.javisor.storage.block;

import java.io.IOException;
import java.util.BitSet;

/**
 * Which clusters of an overlay's file are free. A cluster that the map in the file may still point
 * to is not given out again before a flush has written the map without it: a crash would otherwise
 * show one page's contents in place of another's.
 */
final class ClusterAllocator {

  /** Cluster numbers have 32 bits; Java's bit sets one less. */
  private static final int MOST_CLUSTERS = Integer.MAX_VALUE - 1;

  private final BitSet free;
  private BitSet pending = new BitSet();
  private int pendingCount;
  private int end;
  private int search;

  /**
   * @param end all clusters from this one on were never used
   * @param free those before it that nothing uses
   */
  ClusterAllocator(int end, BitSet free) {
    this.end = end;
    this.free = free;
  }

  synchronized long allocate() throws IOException {
    int cluster = free.nextSetBit(search);
    if (cluster < 0) {
      cluster = free.nextSetBit(0);
    }
    if (cluster >= 0) {
      free.clear(cluster);
      search = cluster + 1;
      return cluster;
    }
    if (end >= MOST_CLUSTERS) {
      throw new IOException("the overlay has no cluster left");
    }
    return end++;
  }

  /** Gives back a cluster that the map in the file certainly does not point to. */
  synchronized void release(long cluster) {
    free.set((int) cluster);
  }

  /** Gives back a cluster after the next flush. */
  synchronized void releaseLater(long cluster) {
    pending.set((int) cluster);
    pendingCount++;
  }

  synchronized int pending() {
    return pendingCount;
  }

  synchronized BitSet takePending() {
    BitSet taken = pending;
    pending = new BitSet();
    pendingCount = 0;
    return taken;
  }

  synchronized void giveBackPending(BitSet taken) {
    pending.or(taken);
    pendingCount = pending.cardinality();
  }

  synchronized void release(BitSet clusters) {
    free.or(clusters);
  }

  /** Clusters in use or waiting for a flush. */
  synchronized int used() {
    return end - free.cardinality();
  }
}
