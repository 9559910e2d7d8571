package org.javisor.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The memory of this host, as {@code /proc/meminfo} has it (proc_meminfo(5)).
 *
 * @param total bytes
 * @param available bytes that programs can still get
 */
public record SystemMemory(long total, long available) {
  private static final Pattern LINE =
      Pattern.compile("^(MemTotal|MemAvailable):\\s+(\\d+) kB$", Pattern.MULTILINE);
  private static final long KIB = 1024;

  /** What there is just now; empty where the system does not tell. */
  public static Optional<SystemMemory> now() {
    try {
      Matcher lines = LINE.matcher(Files.readString(Path.of("/proc/meminfo")));
      long total = -1;
      long available = -1;
      while (lines.find()) {
        long bytes = Long.parseLong(lines.group(2)) * KIB;
        if (lines.group(1).equals("MemTotal")) {
          total = bytes;
        } else {
          available = bytes;
        }
      }
      return total < 0 || available < 0
          ? Optional.empty()
          : Optional.of(new SystemMemory(total, available));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
