package org.javisor.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import org.javisor.host.JsonText;

/** A {@link SnapshotsReport} for programs. */
public final class SnapshotsReportJson {
  private SnapshotsReportJson() {}

  /**
   * JSON: {@code {"restore": {"ratio": x, "seconds": x, "peerSeconds": x}, "copy": {...,
   * "machines": n, "bytes": n, "overheadBytes": n, "peerBytes": n, "bytesRatio": x}}}. Ratios and
   * every field whose name begins with {@code peer} are there against a peer only.
   */
  public static String of(SnapshotsReport report) {
    Map<String, Object> whole = new LinkedHashMap<>();
    whole.put("restore", time(report.restore()));
    Map<String, Object> copy = time(report.copy());
    copy.put("machines", report.machines());
    JsonFields.put(copy, "bytesRatio", report.copyBytes().ratio());
    copy.put("bytes", Math.round(report.copyBytes().here()));
    copy.put("overheadBytes", Math.round(report.overheadBytes()));
    report.copyBytes().there().ifPresent(bytes -> copy.put("peerBytes", Math.round(bytes)));
    whole.put("copy", copy);
    return JsonText.of(whole);
  }

  private static Map<String, Object> time(SnapshotsReport.Figure figure) {
    Map<String, Object> fields = new LinkedHashMap<>();
    JsonFields.put(fields, "ratio", figure.ratio());
    fields.put("seconds", SignificantDigits.of(figure.here()));
    JsonFields.put(fields, "peerSeconds", figure.there());
    return fields;
  }
}
