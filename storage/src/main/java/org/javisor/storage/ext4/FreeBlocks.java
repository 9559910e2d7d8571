package org.javisor.storage.ext4;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The blocks nobody has, as runs. Allocation goes forward through the disk and starts again from
 * its beginning only when it has reached the end, so files written one after another lie one after
 * another. Memory is proportional to the number of runs, not to the disk.
 */
final class FreeBlocks {

  /** Neighbouring blocks. */
  record Run(long start, long length) {
    long end() {
      return start + length;
    }
  }

  private final TreeMap<Long, Long> runs = new TreeMap<>();
  private final long blocks;
  private long cursor;
  private long count;

  FreeBlocks(long blocks) {
    this.blocks = blocks;
    runs.put(0L, blocks);
    count = blocks;
  }

  long count() {
    return count;
  }

  /** Takes exactly these blocks, all of which must be free. */
  void take(long start, long length) {
    Map.Entry<Long, Long> run = runs.floorEntry(start);
    if (run == null || run.getKey() + run.getValue() < start + length) {
      throw new IllegalStateException("blocks " + start + "+" + length + " are not free");
    }
    long runStart = run.getKey();
    long runEnd = runStart + run.getValue();
    runs.remove(runStart);
    if (runStart < start) {
      runs.put(runStart, start - runStart);
    }
    if (start + length < runEnd) {
      runs.put(start + length, runEnd - start - length);
    }
    count -= length;
  }

  /** Takes the first {@code length} neighbouring blocks at or after {@code from}. */
  long takeContiguous(long from, long length) throws IOException {
    Map.Entry<Long, Long> within = runs.floorEntry(from);
    if (within != null && within.getKey() + within.getValue() >= from + length) {
      take(from, length);
      return from;
    }
    for (Map.Entry<Long, Long> run : runs.tailMap(from, true).entrySet()) {
      if (run.getValue() >= length) {
        long start = run.getKey();
        take(start, length);
        return start;
      }
    }
    if (from > 0) {
      return takeContiguous(0, length);
    }
    throw full();
  }

  /** Takes up to {@code wanted} neighbouring blocks, the next ones there are. */
  Run takeNext(long wanted) throws IOException {
    Map.Entry<Long, Long> run = runs.floorEntry(cursor);
    if (run == null || run.getKey() + run.getValue() <= cursor) {
      run = runs.higherEntry(cursor);
    }
    if (run == null) {
      run = runs.firstEntry();
    }
    if (run == null) {
      throw full();
    }
    long start = Math.max(run.getKey(), cursor);
    long end = run.getKey() + run.getValue();
    if (start >= end) {
      start = run.getKey();
    }
    long length = Math.min(wanted, end - start);
    take(start, length);
    cursor = start + length;
    return new Run(start, length);
  }

  /** Gives blocks back. */
  void release(long start, long length) {
    long from = start;
    long to = start + length;
    Map.Entry<Long, Long> before = runs.lowerEntry(start);
    if (before != null && before.getKey() + before.getValue() == start) {
      from = before.getKey();
      runs.remove(from);
    }
    Long after = runs.remove(to);
    if (after != null) {
      to += after;
    }
    runs.put(from, to - from);
    count += length;
  }

  /** How many blocks of a range are free. */
  long countIn(long start, long end) {
    long sum = 0;
    for (Run run : runsIn(start, end)) {
      sum += run.length();
    }
    return sum;
  }

  /** The free runs of a range, cut at its borders. */
  List<Run> runsIn(long start, long end) {
    List<Run> found = new ArrayList<>();
    Long before = runs.floorKey(start);
    for (Map.Entry<Long, Long> run : runs.subMap(before == null ? start : before, end).entrySet()) {
      long from = Math.max(start, run.getKey());
      long to = Math.min(end, run.getKey() + run.getValue());
      if (from < to) {
        found.add(new Run(from, to - from));
      }
    }
    return found;
  }

  private IOException full() {
    return new IOException(
        "the file system of %d bytes is full".formatted(blocks * Layout.BLOCK_SIZE));
  }
}
