package org.javisor.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * A {@link CpuReport} for people. Three groups of columns: one iteration at steady state, all
 * iterations, and the time until 90 % of the steady speed.
 */
public final class CpuReportText {
  private CpuReportText() {}

  /** A table, one line each. */
  public static List<String> table(CpuReport report) {
    List<String> lines = new ArrayList<>();
    lines.addAll(heads(report.peer()));
    for (CpuReport.Program program : report.programs()) {
      lines.add(row(program));
    }
    if (report.peer().isPresent()) {
      lines.add(
          label("geometric mean", "")
              + group("", Optional.of(""), report.geometricMean())
              + group("", Optional.of(""), report.wholeGeometricMean()));
    }
    report
        .speedUp()
        .ifPresent(
            speedUp ->
                lines.add(
                    figure(
                        "2 threads over 1",
                        decimal(speedUp.here()),
                        speedUp.there().map(CpuReportText::decimal))));
    CpuReport.Boot boot = report.boot();
    lines.add(
        label("boot to first program", "")
            + group(
                seconds(boot.seconds()),
                boot.peerSeconds().map(CpuReportText::seconds),
                boot.ratio()));
    memory("memory beyond guest's", report, CpuReport.Memory::overhead).ifPresent(lines::add);
    memory("peak resident memory", report, CpuReport.Memory::peak).ifPresent(lines::add);
    memory("JVM code cache", report, CpuReport.Memory::codeCache).ifPresent(lines::add);
    return lines.stream().map(String::stripTrailing).toList();
  }

  private static List<String> heads(Optional<String> peer) {
    String first = label("program", "instructions/s");
    if (peer.isEmpty()) {
      return List.of(
          first
              + group("iteration", peer, Optional.empty())
              + group("whole run", peer, Optional.empty())
              + group("to steady", peer, Optional.empty()));
    }
    String names = " %11s %11s".formatted("javisor", peer.get());
    String ratio = " %6s".formatted("ratio");
    return List.of(
        label("", "")
            + " %30s %30s %23s"
                .formatted("iteration at steady state", "whole run", "to 90 % of steady"),
        first + names + ratio + names + ratio + names);
  }

  private static String row(CpuReport.Program program) {
    CpuReport.Speed here = program.here();
    Optional<CpuReport.Speed> there = program.there();
    String speed =
        here.instructionsPerSecond()
            .map(perSecond -> String.format(Locale.ROOT, "%.1f M", perSecond / 1e6))
            .orElse("not counted");
    return label(program.name(), speed)
        + group(
            milliseconds(here.steadySeconds()),
            there.map(peer -> milliseconds(peer.steadySeconds())),
            program.ratio())
        + group(
            seconds(here.seconds()),
            there.map(peer -> seconds(peer.seconds())),
            program.wholeRatio())
        + group(
            seconds(here.secondsToSteady()),
            there.map(peer -> seconds(peer.secondsToSteady())),
            Optional.empty());
  }

  private static Optional<String> memory(
      String name, CpuReport report, Function<CpuReport.Memory, Optional<Double>> bytes) {
    return bytes
        .apply(report.memory())
        .map(
            here ->
                figure(
                    name,
                    mebibytes(here),
                    report.peerMemory().flatMap(bytes).map(CpuReportText::mebibytes)));
  }

  private static String figure(String name, String here, Optional<String> there) {
    return label(name, "") + group(here, there, Optional.empty());
  }

  private static String label(String name, String speed) {
    return "%-22s %14s".formatted(name, speed);
  }

  private static String group(String here, Optional<String> there, Optional<Double> ratio) {
    return " %11s".formatted(here)
        + there.map(peer -> " %11s".formatted(peer)).orElse("")
        + ratio.map(value -> " %6s".formatted(decimal(value))).orElse("");
  }

  private static String decimal(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  private static String seconds(double value) {
    return String.format(Locale.ROOT, "%.3f s", value);
  }

  private static String milliseconds(double seconds) {
    return String.format(Locale.ROOT, "%.3f ms", seconds * 1e3);
  }

  private static String mebibytes(double bytes) {
    return String.format(Locale.ROOT, "%.0f MiB", bytes / (1 << 20));
  }
}
