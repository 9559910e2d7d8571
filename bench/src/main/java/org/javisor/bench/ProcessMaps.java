package org.javisor.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.javisor.host.ProblemException;

/**
 * What the mappings of a process take of memory, as {@code /proc/PID/smaps} tells it (proc(5)).
 *
 * @param lines of that file
 */
record ProcessMaps(List<String> lines) {
  private static final Pattern HEADER = Pattern.compile("[0-9a-f]+-[0-9a-f]+ .*");
  private static final Pattern FIELD = Pattern.compile("(Pss|Anonymous): *(\\d+) kB");

  ProcessMaps {
    lines = List.copyOf(lines);
  }

  /** Of this process. */
  static ProcessMaps own() {
    return of("self");
  }

  /** Of a process. */
  static ProcessMaps of(long processId) {
    return of(Long.toString(processId));
  }

  private static ProcessMaps of(String process) {
    Path file = Path.of("/proc", process, "smaps");
    try {
      return new ProcessMaps(Files.readAllLines(file));
    } catch (IOException e) {
      throw ProblemException.hostLacks(
          file + " cannot be read (" + e.getMessage() + ")", "use Linux");
    }
  }

  /** Bytes resident; what several processes share is divided between them. */
  long proportional() {
    return sum("Pss", "");
  }

  /** Bytes of private copies of a file's pages. */
  long writtenOf(Path file) {
    return sum("Anonymous", file.toString());
  }

  private long sum(String wanted, String file) {
    long sum = 0;
    boolean counts = false;
    for (String line : lines) {
      if (HEADER.matcher(line).matches()) {
        counts = line.endsWith(file);
        continue;
      }
      Matcher field = FIELD.matcher(line);
      if (counts && field.matches() && field.group(1).equals(wanted)) {
        sum += Long.parseLong(field.group(2)) << 10;
      }
    }
    return sum;
  }
}
