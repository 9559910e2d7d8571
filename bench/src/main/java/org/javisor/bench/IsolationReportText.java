package org.javisor.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** An {@link IsolationReport} for people. */
public final class IsolationReportText {
  private IsolationReportText() {}

  /** A table, two lines for each flood. */
  public static List<String> table(IsolationReport report) {
    List<String> lines = new ArrayList<>();
    lines.add(
        Cells.label("round trip", "")
            + Cells.group("quiet", Optional.of("flooded"), Optional.empty())
            + " %6s".formatted("ratio"));
    for (IsolationReport.Line flood : report.floods()) {
      lines.add(
          line(
              "%s, %s/s".formatted(flood.name(), flood.unit()),
              String.format(Locale.ROOT, "%,.0f", flood.perSecond()),
              flood.mean()));
      lines.add(
          line(
              "  of 99 in 100",
              flood.lost() == 0 ? "" : flood.lost() + " lost",
              flood.percentile99()));
    }
    return lines.stream().map(String::stripTrailing).toList();
  }

  private static String line(String name, String note, IsolationReport.Figure figure) {
    return Cells.label(name, note)
        + Cells.group(
            Cells.milliseconds(figure.quiet()),
            Optional.of(Cells.milliseconds(figure.flooded())),
            Optional.of(figure.ratio()));
  }
}
