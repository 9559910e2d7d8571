package org.javisor.machine.snapshot;

import java.io.IOException;
import java.util.BitSet;

/** Goes over the pages of a set, neighbours together. */
final class PageRuns {
  /** So many pages at once, at most: a megabyte. */
  private static final int LONGEST = 256;

  /** What is done with pages that follow each other. */
  interface Action {
    void accept(int first, int count) throws IOException;
  }

  private PageRuns() {}

  /** All runs in a range of pages, of a bounded length each, in ascending order. */
  static void each(BitSet pages, int from, int end, Action action) throws IOException {
    int first = pages.nextSetBit(from);
    while (first >= 0 && first < end) {
      int last = Math.min(Math.min(pages.nextClearBit(first), end), first + LONGEST);
      action.accept(first, last - first);
      first = pages.nextSetBit(last);
    }
  }
}
