package org.javisor.host;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What of this process's memory the operating system has given it, by address: {@code
 * /proc/self/smaps}, proc(5). Reading that walks all page tables, so it is read once a second at
 * most, whoever asks.
 */
final class ResidentMemory {
  private static final Pattern MAPPING = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) .*");
  private static final Pattern SHARE = Pattern.compile("Pss: +(\\d+) kB");
  private static final Duration FRESH = Duration.ofSeconds(1);
  private static final int HEXADECIMAL = 16;
  private static final int KIB_SHIFT = 10;

  private record Mapping(long end, long bytes) {}

  private static NavigableMap<Long, Mapping> mappings = new TreeMap<>(Long::compareUnsigned);
  private static long readAt;
  private static boolean read;

  private ResidentMemory() {}

  /**
   * Bytes in memory of the mappings that begin in a range of addresses; pages that machines share
   * count in equal parts for each. 0 where the host does not tell.
   */
  static synchronized long of(long address, long size) {
    long now = System.nanoTime();
    if (!read || now - readAt > FRESH.toNanos()) {
      read();
      readAt = now;
      read = true;
    }
    long end = address + size;
    long sum = 0;
    // The kernel merges neighbours that are alike, so that a mapping may be larger than asked for.
    var before = mappings.floorEntry(address);
    NavigableMap<Long, Mapping> within =
        mappings.subMap(before == null ? address : before.getKey(), true, end, false);
    for (var entry : within.entrySet()) {
      long from = Math.max(entry.getKey(), address);
      long to = Math.min(entry.getValue().end(), end);
      if (to > from) {
        double part = (double) (to - from) / (entry.getValue().end() - entry.getKey());
        sum += (long) (entry.getValue().bytes() * part);
      }
    }
    return sum;
  }

  private static void read() {
    NavigableMap<Long, Mapping> fresh = new TreeMap<>(Long::compareUnsigned);
    try (BufferedReader lines =
        Files.newBufferedReader(Path.of("/proc/self/smaps"), StandardCharsets.ISO_8859_1)) {
      long start = 0;
      long end = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Matcher share = SHARE.matcher(line);
        if (share.matches()) {
          fresh.put(start, new Mapping(end, Long.parseLong(share.group(1)) << KIB_SHIFT));
          continue;
        }
        Matcher mapping = MAPPING.matcher(line);
        if (mapping.matches()) {
          start = Long.parseUnsignedLong(mapping.group(1), HEXADECIMAL);
          end = Long.parseUnsignedLong(mapping.group(2), HEXADECIMAL);
        }
      }
    } catch (IOException e) {
      fresh.clear(); // Not on this system.
    }
    mappings = fresh;
  }
}
