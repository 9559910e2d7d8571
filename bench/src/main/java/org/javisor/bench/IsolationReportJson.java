package org.javisor.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import org.javisor.host.JsonText;

/** An {@link IsolationReport} for programs. */
public final class IsolationReportJson {
  private IsolationReportJson() {}

  /**
   * JSON: {@code {"switch": {"frames": x, "lost": n, "mean": {"quietSeconds": x, "floodedSeconds":
   * x, "ratio": x}, "p99": {...}}, "console": {...}, "API": {...}}}, where the first field of each
   * is named after what the flood consists of and says how much there was in a second.
   */
  public static String of(IsolationReport report) {
    Map<String, Object> whole = new LinkedHashMap<>();
    for (IsolationReport.Line flood : report.floods()) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put(flood.unit(), SignificantDigits.of(flood.perSecond()));
      fields.put("lost", flood.lost());
      fields.put("mean", figure(flood.mean()));
      fields.put("p99", figure(flood.percentile99()));
      whole.put(flood.name(), fields);
    }
    return JsonText.of(whole);
  }

  private static Map<String, Object> figure(IsolationReport.Figure figure) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("quietSeconds", SignificantDigits.of(figure.quiet()));
    fields.put("floodedSeconds", SignificantDigits.of(figure.flooded()));
    fields.put("ratio", SignificantDigits.of(figure.ratio()));
    return fields;
  }
}
