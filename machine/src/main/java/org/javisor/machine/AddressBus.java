package org.javisor.machine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Routes accesses to guest physical addresses outside RAM to the device mapped there.
 *
 * <p>Ranges are mapped while the machine is built; lookups afterwards are lock-free.
 */
public final class AddressBus {
  /** A mapped range; {@code end} is exclusive. */
  private record Range(String name, long base, long end, MmioHandler handler) {}

  private volatile Range[] ranges = {};

  /**
   * Maps a device.
   *
   * @param name for error messages
   * @param base first guest physical address
   * @param size bytes, positive
   * @throws IllegalArgumentException if the range is empty, wraps or overlaps another
   */
  public synchronized void map(String name, long base, long size, MmioHandler handler) {
    long end = base + size;
    if (base < 0 || size <= 0 || end < base) {
      throw new IllegalArgumentException(
          "%s: range 0x%x, %d bytes, is not acceptable".formatted(name, base, size));
    }
    List<Range> sorted = new ArrayList<>(List.of(ranges));
    for (Range other : sorted) {
      if (base < other.end && other.base < end) {
        throw new IllegalArgumentException("%s overlaps %s".formatted(name, other.name));
      }
    }
    sorted.add(new Range(name, base, end, handler));
    sorted.sort(Comparator.comparingLong(Range::base));
    ranges = sorted.toArray(Range[]::new);
  }

  /**
   * Reads {@code size} bytes, zero-extended.
   *
   * @throws BusErrorException if no device answers for the whole access
   */
  public long read(long gpa, int size) {
    Range range = find(gpa, size);
    long value = range.handler.read(gpa - range.base, size);
    return size == 8 ? value : value & ((1L << (size * 8)) - 1);
  }

  /**
   * Writes the low {@code size} bytes of {@code value}.
   *
   * @throws BusErrorException if no device answers for the whole access
   */
  public void write(long gpa, int size, long value) {
    Range range = find(gpa, size);
    long low = size == 8 ? value : value & ((1L << (size * 8)) - 1);
    range.handler.write(gpa - range.base, size, low);
  }

  private Range find(long gpa, int size) {
    Range[] all = ranges;
    int low = 0;
    int high = all.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Range range = all[middle];
      if (gpa < range.base) {
        high = middle - 1;
      } else if (gpa >= range.end) {
        low = middle + 1;
      } else if (gpa + size <= range.end) {
        return range;
      } else {
        break;
      }
    }
    throw new BusErrorException(gpa);
  }
}
