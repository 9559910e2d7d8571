package org.javisor.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.javisor.host.JsonText;

/** A {@link ProgramsReport} for programs. */
public final class ProgramsReportJson {
  private ProgramsReportJson() {}

  /**
   * JSON: {@code {"geomean": x, "programs": [{"name": n, "ratio": x, "unit": u, "value": x,
   * "peerValue": x}, ...], "boot": {"ratio": x, ...}, "memory": {...}}}. Ratios, the mean, and
   * every field whose name begins with {@code peer} are there against a peer only; times are in
   * seconds, memory in bytes.
   */
  public static String of(ProgramsReport report) {
    Map<String, Object> whole = new LinkedHashMap<>();
    JsonFields.put(whole, "geomean", report.geometricMean());
    List<Object> programs = new ArrayList<>();
    for (ProgramsReport.Program program : report.programs()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("name", program.name());
      JsonFields.put(entry, "ratio", program.ratio());
      entry.put("unit", program.unit());
      entry.put("value", SignificantDigits.of(program.here()));
      JsonFields.put(entry, "peerValue", program.there());
      programs.add(entry);
    }
    whole.put("programs", programs);
    whole.put("boot", JsonFields.boot(report.boot()));
    whole.put("memory", JsonFields.memory(report.memory(), report.peerMemory()));
    return JsonText.of(whole);
  }
}
