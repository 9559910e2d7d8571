package org.javisor.storage.ext4;

import java.util.ArrayList;
import java.util.List;

/** Which blocks hold a file's contents; what no extent covers is a hole. */
final class Extents {

  /** An extent of initialised blocks has at most this many (kernel: EXT_INIT_MAX_LEN). */
  static final int LONGEST = 32768;

  /**
   * A run of blocks.
   *
   * @param logical number of the first block within the file
   * @param length number of blocks
   * @param physical number of the first block on the disk
   */
  record Extent(long logical, int length, long physical) {}

  static final Extents NONE = new Extents();

  private final List<Extent> list = new ArrayList<>(1);
  private long blocks;

  /** Adds blocks behind all that are there already. */
  void add(long logical, long physical, long length) {
    blocks += length;
    long from = logical;
    long to = physical;
    long rest = length;
    if (!list.isEmpty()) {
      Extent last = list.getLast();
      if (last.logical() + last.length() == from && last.physical() + last.length() == to) {
        int more = (int) Math.min(rest, LONGEST - last.length());
        list.set(
            list.size() - 1, new Extent(last.logical(), last.length() + more, last.physical()));
        from += more;
        to += more;
        rest -= more;
      }
    }
    while (rest > 0) {
      int some = (int) Math.min(rest, LONGEST);
      list.add(new Extent(from, some, to));
      from += some;
      to += some;
      rest -= some;
    }
  }

  List<Extent> list() {
    return list;
  }

  /** How many blocks the file has, without holes. */
  long blocks() {
    return blocks;
  }
}
