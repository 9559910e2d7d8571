package org.javisor.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.javisor.host.JsonText;

/** A {@link CpuReport} for programs. */
public final class CpuReportJson {
  private CpuReportJson() {}

  /**
   * JSON: {@code {"geomean": x, "wholeGeomean": x, "programs": [{"name": n, "ratio": x, ...}, ...],
   * "threads": {"speedUp": x, ...}, "boot": {"ratio": x, ...}, "memory": {...}}}. Ratios and means,
   * and every field whose name begins with {@code peer}, are there against a peer only; {@code
   * threads} of machines with two harts; a figure that is not known is left out. Times are in
   * seconds, memory in bytes, {@code ratio} and {@code geomean} at steady state.
   */
  public static String of(CpuReport report) {
    Map<String, Object> whole = new LinkedHashMap<>();
    JsonFields.put(whole, "geomean", report.geometricMean());
    JsonFields.put(whole, "wholeGeomean", report.wholeGeometricMean());
    List<Object> programs = new ArrayList<>();
    report.programs().forEach(program -> programs.add(program(program)));
    whole.put("programs", programs);
    report
        .speedUp()
        .ifPresent(
            speedUp -> {
              Map<String, Object> threads = new LinkedHashMap<>();
              threads.put("speedUp", SignificantDigits.of(speedUp.here()));
              JsonFields.put(threads, "peerSpeedUp", speedUp.there());
              whole.put("threads", threads);
            });
    whole.put("boot", JsonFields.boot(report.boot()));
    whole.put("memory", JsonFields.memory(report.memory(), report.peerMemory()));
    return JsonText.of(whole);
  }

  private static Map<String, Object> program(CpuReport.Program program) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("name", program.name());
    JsonFields.put(entry, "ratio", program.ratio());
    JsonFields.put(entry, "wholeRatio", program.wholeRatio());
    CpuReport.Speed here = program.here();
    here.instructionsPerSecond()
        .ifPresent(speed -> entry.put("instructionsPerSecond", Math.round(speed)));
    entry.put("steadySecondsPerIteration", SignificantDigits.of(here.steadySeconds()));
    entry.put("seconds", SignificantDigits.of(here.seconds()));
    entry.put("secondsToSteady", SignificantDigits.of(here.secondsToSteady()));
    program
        .there()
        .ifPresent(
            there -> {
              entry.put(
                  "peerSteadySecondsPerIteration", SignificantDigits.of(there.steadySeconds()));
              entry.put("peerSeconds", SignificantDigits.of(there.seconds()));
              entry.put("peerSecondsToSteady", SignificantDigits.of(there.secondsToSteady()));
            });
    return entry;
  }
}
