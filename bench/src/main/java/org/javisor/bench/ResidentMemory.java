package org.javisor.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What of a machine's process is in memory, as proc(5) tells it. */
final class ResidentMemory {
  private static final Pattern FIELD = Pattern.compile("(Size|Rss): *(\\d+) kB");

  private static final Pattern PEAK = Pattern.compile("VmHWM:\\s*(\\d+) kB");

  private ResidentMemory() {}

  /**
   * The most bytes of a process that were resident at any time so far; empty where there is no
   * {@code /proc/PID/status}.
   */
  static OptionalLong peak(long processId) {
    try {
      return peak(Files.readAllLines(Path.of("/proc", Long.toString(processId), "status")));
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  static OptionalLong peak(List<String> status) {
    for (String line : status) {
      Matcher field = PEAK.matcher(line);
      if (field.matches()) {
        return OptionalLong.of(Long.parseLong(field.group(1)) << 10);
      }
    }
    return OptionalLong.empty();
  }

  /**
   * Bytes resident in all mappings of a process but the one that holds the guest's memory: the
   * fullest of those that are as large as it. Empty where there is no such mapping, or no {@code
   * /proc/PID/smaps} to read (proc(5)).
   *
   * @param guestMemory size of the guest's memory in bytes
   */
  static OptionalLong besidesGuest(long processId, long guestMemory) {
    try {
      return besidesGuest(
          Files.readAllLines(Path.of("/proc", Long.toString(processId), "smaps")), guestMemory);
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  static OptionalLong besidesGuest(List<String> smaps, long guestMemory) {
    long total = 0;
    long guest = -1;
    long size = 0;
    for (String line : smaps) {
      Matcher field = FIELD.matcher(line);
      if (!field.matches()) {
        continue;
      }
      long bytes = Long.parseLong(field.group(2)) << 10;
      if (field.group(1).equals("Size")) {
        size = bytes;
      } else {
        total += bytes;
        // The kernel merges neighbouring anonymous mappings: allow for a little more.
        if (size >= guestMemory && size <= guestMemory + guestMemory / 16) {
          guest = Math.max(guest, bytes);
        }
      }
    }
    return guest < 0 ? OptionalLong.empty() : OptionalLong.of(total - guest);
  }
}
