package org.javisor.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A {@link ProgramsReport} for people. */
public final class ProgramsReportText {
  private ProgramsReportText() {}

  /** A table, one line each. */
  public static List<String> table(ProgramsReport report) {
    List<String> lines = new ArrayList<>();
    lines.add(
        Cells.label("program", "")
            + Cells.group("javisor", report.peer(), Optional.empty())
            + report.peer().map(peer -> " %6s".formatted("ratio")).orElse(""));
    for (ProgramsReport.Program program : report.programs()) {
      lines.add(
          Cells.label(program.name(), "")
              + Cells.group(
                  value(program.here(), program.unit()),
                  program.there().map(there -> value(there, program.unit())),
                  program.ratio()));
    }
    if (report.peer().isPresent()) {
      lines.add(
          Cells.label("geometric mean", "")
              + Cells.group("", Optional.of(""), report.geometricMean()));
    }
    lines.add(Cells.boot("boot to multi-user", report.boot()));
    lines.addAll(Cells.memory(report.memory(), report.peerMemory()));
    return lines.stream().map(String::stripTrailing).toList();
  }

  private static String value(double value, String unit) {
    return unit.equals(Workload.Unit.BYTES_PER_SECOND.symbol())
        ? String.format(Locale.ROOT, "%.1f MB/s", value / 1e6)
        : String.format(Locale.ROOT, "%.2f %s", value, unit);
  }
}
