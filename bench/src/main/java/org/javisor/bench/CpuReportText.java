package org.javisor.bench;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.javisor.host.JsonText;

/** The two forms a {@link CpuReport} is printed in. */
public final class CpuReportText {
  private CpuReportText() {}

  /**
   * JSON. Against a peer: {@code {"geomean": x, "programs": [{"name": n, "ratio": x}, ...], "boot":
   * {"ratio": x}}}. Alone there are no ratios; programs have {@code instructionsPerSecond} (absent
   * where the guest cannot count) and the boot has {@code seconds}.
   */
  public static String json(CpuReport report) {
    Map<String, Object> whole = new LinkedHashMap<>();
    report.geometricMean().ifPresent(mean -> whole.put("geomean", rounded(mean)));
    List<Object> programs = new ArrayList<>();
    for (CpuReport.Program program : report.programs()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("name", program.name());
      if (report.peer().isPresent()) {
        program.ratio().ifPresent(ratio -> entry.put("ratio", rounded(ratio)));
      } else {
        program
            .instructionsPerSecond()
            .ifPresent(speed -> entry.put("instructionsPerSecond", Math.round(speed)));
      }
      programs.add(entry);
    }
    whole.put("programs", programs);
    Map<String, Object> boot = new LinkedHashMap<>();
    report
        .boot()
        .ratio()
        .ifPresentOrElse(
            ratio -> boot.put("ratio", rounded(ratio)),
            () -> boot.put("seconds", rounded(report.boot().seconds())));
    whole.put("boot", boot);
    return JsonText.of(whole);
  }

  /** A table for people, one line each. */
  public static List<String> table(CpuReport report) {
    List<String> lines = new ArrayList<>();
    boolean compared = report.peer().isPresent();
    String peer = report.peer().orElse("");
    lines.add(
        "%-24s %14s %10s".formatted("program", "instructions/s", "javisor")
            + (compared ? " %10s %7s".formatted(peer, "ratio") : ""));
    for (CpuReport.Program program : report.programs()) {
      String speed =
          program
              .instructionsPerSecond()
              .map(perSecond -> String.format(Locale.ROOT, "%.1f M", perSecond / 1e6))
              .orElse("not counted");
      lines.add(
          row(program.name(), speed, program.seconds(), program.peerSeconds(), program.ratio()));
    }
    report
        .geometricMean()
        .ifPresent(
            mean ->
                lines.add(
                    String.format(
                        Locale.ROOT,
                        "%-24s %14s %10s %10s %7.2f",
                        "geometric mean",
                        "",
                        "",
                        "",
                        mean)));
    CpuReport.Boot boot = report.boot();
    lines.add(row("boot to first program", "", boot.seconds(), boot.peerSeconds(), boot.ratio()));
    if (boot.overhead().isPresent()) {
      lines.add(
          "%-24s %14s %10s".formatted("memory beyond guest's", "", mebibytes(boot.overhead().get()))
              + boot.peerOverhead().map(bytes -> " %10s".formatted(mebibytes(bytes))).orElse(""));
    }
    return lines;
  }

  private static String row(
      String name,
      String speed,
      double seconds,
      Optional<Double> peerSeconds,
      Optional<Double> ratio) {
    return String.format(Locale.ROOT, "%-24s %14s %8.3f s", name, speed, seconds)
        + peerSeconds.map(peer -> String.format(Locale.ROOT, " %8.3f s", peer)).orElse("")
        + ratio.map(value -> String.format(Locale.ROOT, " %7.2f", value)).orElse("");
  }

  private static String mebibytes(double bytes) {
    return String.format(Locale.ROOT, "%.0f MiB", bytes / (1 << 20));
  }

  private static double rounded(double value) {
    return new BigDecimal(value).round(new MathContext(4)).doubleValue();
  }
}
