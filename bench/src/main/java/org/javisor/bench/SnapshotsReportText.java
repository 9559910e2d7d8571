package org.javisor.bench;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A {@link SnapshotsReport} for people. */
public final class SnapshotsReportText {
  private SnapshotsReportText() {}

  /** A table, one line each. */
  public static List<String> table(SnapshotsReport report) {
    String machines = report.machines() + " machines";
    return List.of(
            Cells.label("snapshots", "")
                + Cells.group("javisor", report.peer(), Optional.empty())
                + report.peer().map(peer -> " %6s".formatted("ratio")).orElse(""),
            line("restore to output", "", report.restore()),
            line("copy to output", machines, report.copy()),
            Cells.label("memory of a copy", machines)
                + Cells.group(
                    mebibytes(report.copyBytes().here()),
                    report.copyBytes().there().map(SnapshotsReportText::mebibytes),
                    report.copyBytes().ratio()),
            Cells.label("  beyond guest's writes", "")
                + Cells.group(
                    mebibytes(report.overheadBytes()), Optional.empty(), Optional.empty()))
        .stream()
        .map(String::stripTrailing)
        .toList();
  }

  private static String line(String name, String note, SnapshotsReport.Figure figure) {
    return Cells.label(name, note)
        + Cells.group(
            Cells.seconds(figure.here()), figure.there().map(Cells::seconds), figure.ratio());
  }

  private static String mebibytes(double bytes) {
    return String.format(Locale.ROOT, "%.1f MiB", bytes / (1 << 20));
  }
}
