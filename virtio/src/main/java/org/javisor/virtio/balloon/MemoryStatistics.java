package org.javisor.virtio.balloon;

import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;
import org.javisor.virtio.queue.GuestBuffer;

/**
 * What the guest says of its memory (section 5.5.6.4); a hostile one says what it likes.
 *
 * @param values the figures that the guest gives
 */
public record MemoryStatistics(Map<Figure, Long> values) {
  /** A figure; bytes, if it says nothing else. */
  public enum Figure {
    /** Swapped in. */
    SWAPPED_IN(0),
    /** Swapped out. */
    SWAPPED_OUT(1),
    /** A count of page faults that needed the disk. */
    MAJOR_FAULTS(2),
    /** A count of page faults that did not. */
    MINOR_FAULTS(3),
    /** Used for nothing. */
    FREE(4),
    /** All that the system has, the balloon not included. */
    TOTAL(5),
    /** Could be had for new programs without swapping. */
    AVAILABLE(6),
    /** Caches that can be given up. */
    DISK_CACHES(7),
    /** A count of huge pages that could be had. */
    HUGE_PAGES(8),
    /** A count of huge pages that could not. */
    HUGE_PAGE_FAILURES(9);

    private final int tag;

    Figure(int tag) {
      this.tag = tag;
    }

    private static Figure[] byTag() {
      Figure[] figures = new Figure[values().length];
      for (Figure figure : values()) {
        figures[figure.tag] = figure;
      }
      return figures;
    }
  }

  private static final Figure[] BY_TAG = Figure.byTag();
  private static final int BYTES = 10;

  /** Far more than the specification has. */
  private static final int MAX_ENTRIES = 64;

  /** Copies the map. */
  public MemoryStatistics {
    values = Map.copyOf(values);
  }

  /** A figure, if the guest gives it. */
  public OptionalLong get(Figure figure) {
    Long value = values.get(figure);
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }

  /** Reads entries of {tag u16, value u64}. */
  static MemoryStatistics read(GuestBuffer buffer) {
    Map<Figure, Long> values = new EnumMap<>(Figure.class);
    for (int i = 0; i < MAX_ENTRIES && buffer.remaining() >= BYTES; i++) {
      int tag = buffer.readUnsignedShort();
      long value = buffer.readLong();
      if (tag < BY_TAG.length) {
        values.put(BY_TAG[tag], value);
      }
    }
    return new MemoryStatistics(values);
  }
}
