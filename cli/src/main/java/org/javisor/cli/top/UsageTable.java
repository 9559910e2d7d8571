package org.javisor.cli.top;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.javisor.host.ByteSize;

/** Usage as lines of text. */
public final class UsageTable {
  private static final String FORM = "%-20s %-8s %6s %5s %7s %22s %10s %10s %10s %10s";

  private UsageTable() {}

  /** A line of titles, and one for each instance. */
  public static List<String> lines(List<Usage> usage) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            FORM,
            "NAME",
            "STATUS",
            "SHARES",
            "CPUS",
            "CPU%",
            "MEMORY",
            "READ/s",
            "WRITE/s",
            "IN/s",
            "OUT/s"));
    for (Usage one : usage) {
      lines.add(
          String.format(
              Locale.ROOT,
              FORM,
              one.name(),
              one.status().toLowerCase(Locale.ROOT),
              one.shares(),
              one.cpus(),
              String.format(Locale.ROOT, "%.1f", one.cpuPercent()),
              ByteSize.format(one.memory()) + "/" + ByteSize.format(one.memoryLimit()),
              rate(one.diskRead()),
              rate(one.diskWritten()),
              rate(one.received()),
              rate(one.sent())));
    }
    return lines;
  }

  private static String rate(long bytes) {
    return bytes == 0 ? "-" : bytes < 1024 ? bytes + " B" : ByteSize.format(bytes);
  }
}
