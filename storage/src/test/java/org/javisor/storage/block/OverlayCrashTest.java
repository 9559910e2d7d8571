package org.javisor.storage.block;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Cuts a run of random requests at every write to the file, by a kill and by a power failure that
 * loses any of what was not synced. What is opened afterwards may show, in every sector, only what
 * the last acknowledged flush covered or something written since.
 */
class OverlayCrashTest {

  private static final int SECTOR = 512;
  private static final long LEAF = 512L << 20;
  private static final long SIZE = LEAF + (1 << 20);
  private static final int REQUESTS = 150;

  /** Where requests go: the base and its end, and the border between two leaves of the map. */
  private static final long[] ZONES = {0, LEAF - (1 << 17)};

  private static final int ZONE = 3 << 16;
  private static final int BASE = 2 << 16;

  /** Something that happened to a sector once the medium's log had this length. */
  private record Event(int step, long stamp, boolean certain) {}

  private final Map<Long, List<Event>> history = new HashMap<>();
  private final List<int[]> flushes = new ArrayList<>();
  private final FixedDisk base = new FixedDisk(new byte[BASE]);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void nothingAcknowledgedIsLost(long seed) throws IOException {
    Random random = new Random(seed);
    for (int at = 0; at < BASE; at += SECTOR) {
      ByteBuffer.wrap(base.bytes(), at, SECTOR).asLongBuffer().put(stamps(-1));
      happened(at, 0, -1, true);
    }
    MemoryMedium medium = new MemoryMedium();
    Overlay overlay = Overlay.create(medium, base, "base", SIZE);
    int created = medium.log.size();
    run(overlay, medium, random);
    for (int steps = created; steps <= medium.log.size(); steps++) {
      String crash = "seed " + seed + " crash after step " + steps;
      check(medium.afterKill(steps), steps, crash + " (kill)");
      check(medium.afterPowerFailure(steps, random), steps, crash + " (power failure)");
    }
  }

  private void run(Overlay overlay, MemoryMedium medium, Random random) throws IOException {
    for (int i = 1; i <= REQUESTS; i++) {
      long offset = ZONES[random.nextInt(2)] + random.nextInt(ZONE / SECTOR) * SECTOR;
      int length = SECTOR << random.nextInt(9);
      switch (random.nextInt(10)) {
        case 0, 1, 2, 3, 4 -> {
          ByteBuffer source = ByteBuffer.allocate(length);
          while (source.hasRemaining()) {
            source.putLong(i);
          }
          happened(offset, length, medium, i, true);
          overlay.write(offset, source.flip());
        }
        case 5 -> {
          happened(offset, length, medium, 0, true);
          overlay.writeZeroes(offset, length);
        }
        case 6, 7 -> {
          happened(offset, length, medium, 0, false);
          overlay.discard(offset, length);
        }
        default -> {
          int begin = medium.log.size();
          overlay.flush();
          flushes.add(new int[] {begin, medium.log.size()});
        }
      }
    }
  }

  private void happened(long offset, int length, MemoryMedium medium, long stamp, boolean certain) {
    for (int at = 0; at < length; at += SECTOR) {
      happened(offset + at, medium.log.size(), stamp, certain);
    }
  }

  private void happened(long sector, int step, long stamp, boolean certain) {
    history
        .computeIfAbsent(sector, _ -> new ArrayList<>(List.of(new Event(0, 0, true))))
        .add(new Event(step, stamp, certain));
  }

  private static long[] stamps(long stamp) {
    long[] stamps = new long[SECTOR / Long.BYTES];
    java.util.Arrays.fill(stamps, stamp);
    return stamps;
  }

  private void check(MemoryMedium left, int steps, String crash) throws IOException {
    int flushed = 0;
    for (int[] flush : flushes) {
      flushed = flush[1] <= steps ? Math.max(flushed, flush[0]) : flushed;
    }
    Overlay overlay = Overlay.open(left, base, "base", "left");
    for (Map.Entry<Long, List<Event>> sector : history.entrySet()) {
      ByteBuffer content = ByteBuffer.allocate(SECTOR);
      overlay.read(sector.getKey(), content);
      long stamp = content.getLong(0);
      if (!content.flip().asLongBuffer().equals(LongBuffer.wrap(stamps(stamp)))) {
        fail("%s: sector at %d is torn", crash, sector.getKey());
      }
      Set<Long> allowed = allowed(sector.getValue(), flushed, steps);
      if (!allowed.contains(stamp)) {
        fail("%s: sector at %d has %d, not %s", crash, sector.getKey(), stamp, allowed);
      }
    }
    // It must also go on working: what is free now may be used.
    overlay.write(0, ByteBuffer.allocate(ZONE));
    overlay.flush();
    Overlay.open(left, base, "base", "left");
  }

  private static Set<Long> allowed(List<Event> events, int flushed, int steps) {
    Set<Long> allowed = new TreeSet<>();
    for (Event event : events) {
      if (event.step() <= steps) {
        if (event.certain() && event.step() <= flushed) {
          allowed.clear();
        }
        allowed.add(event.stamp());
      }
    }
    return allowed;
  }
}
