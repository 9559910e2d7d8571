package org.javisor.storage.block;

/**
 * The 64 bits that say where one cluster's sixteen pages are. Static methods over {@code long}:
 * maps hold millions of these.
 *
 * <pre>
 *   0..31  the cluster of the overlay's file that holds its pages; 0: none
 *  32..47  bit p: page p lies there
 *  48..63  bit p: page p is zero, whatever the base has
 * </pre>
 *
 * A page with neither bit is the base's, and zero behind the base's end. No page has both.
 */
final class ClusterEntry {

  private static final int PRESENT = 32;
  private static final int ZERO = 48;
  private static final int MASK = 0xffff;

  /** All sixteen pages. */
  static final int ALL = MASK;

  private ClusterEntry() {}

  static long of(long cluster, int present, int zero) {
    return cluster | ((long) present << PRESENT) | ((long) zero << ZERO);
  }

  static long cluster(long entry) {
    return entry & 0xffff_ffffL;
  }

  static int present(long entry) {
    return (int) (entry >>> PRESENT) & MASK;
  }

  static int zero(long entry) {
    return (int) (entry >>> ZERO) & MASK;
  }

  /** Whether the bits contradict each other, as they do only in a damaged file. */
  static boolean contradictory(long entry) {
    return (present(entry) & zero(entry)) != 0 || (present(entry) == 0) != (cluster(entry) == 0);
  }

  /** The pages from {@code first} to {@code last}, both included. */
  static int pages(int first, int last) {
    return (MASK >>> (15 - last)) & (MASK << first);
  }
}
