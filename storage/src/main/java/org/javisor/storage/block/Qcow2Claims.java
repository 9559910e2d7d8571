package org.javisor.storage.block;

import java.io.IOException;
import java.util.BitSet;

/**
 * The clusters of a qcow2 file that hold its tables. A damaged or hostile image may use one twice,
 * or show one to the guest as part of the disk; both are refused. Not for several threads at once.
 */
final class Qcow2Claims {
  private final String file;
  private final int cluster;
  private final long clusters;
  private final BitSet claimed = new BitSet();

  /**
   * @param clusters length of the file when it was opened
   */
  Qcow2Claims(String file, int cluster, long clusters) throws IOException {
    if (clusters > Qcow2Refcounts.MOST_CLUSTERS) {
      throw new IOException(
          "%s has more clusters than are possible here; use larger ones".formatted(file));
    }
    this.file = file;
    this.cluster = cluster;
    this.clusters = clusters;
  }

  /** Refuses what the image, as it was opened, cannot have where it says. */
  void requireInside(long offset, String what) throws IOException {
    if (offset <= 0 || offset % cluster != 0 || offset / cluster >= clusters) {
      throw damaged(what + " lies at " + offset + ", outside the file");
    }
  }

  void claim(long offset, int count, String what) throws IOException {
    long first = offset / cluster;
    if (offset < 0 || offset % cluster != 0 || first + count > Qcow2Refcounts.MOST_CLUSTERS) {
      throw damaged(what + " lies at " + offset);
    }
    int taken = claimed.nextSetBit((int) first);
    if (taken >= 0 && taken < first + count) {
      throw damaged(what + " overlaps another table at " + taken * (long) cluster);
    }
    claimed.set((int) first, (int) first + count);
  }

  void release(long offset) {
    claimed.clear((int) (offset / cluster));
  }

  boolean isTable(long offset) {
    return offset / cluster < Integer.MAX_VALUE && claimed.get((int) (offset / cluster));
  }

  IOException damaged(String what) {
    return new IOException("the qcow2 image " + file + " is damaged: " + what);
  }
}
