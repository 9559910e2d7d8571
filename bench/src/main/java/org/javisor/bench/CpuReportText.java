package org.javisor.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

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
          Cells.label("geometric mean", "")
              + Cells.group("", Optional.of(""), report.geometricMean())
              + Cells.group("", Optional.of(""), report.wholeGeometricMean()));
    }
    report
        .speedUp()
        .ifPresent(
            speedUp ->
                lines.add(
                    Cells.label("2 threads over 1", "")
                        + Cells.group(
                            Cells.decimal(speedUp.here()),
                            speedUp.there().map(Cells::decimal),
                            Optional.empty())));
    lines.add(Cells.boot("boot to first program", report.boot()));
    lines.addAll(Cells.memory(report.memory(), report.peerMemory()));
    return lines.stream().map(String::stripTrailing).toList();
  }

  private static List<String> heads(Optional<String> peer) {
    String first = Cells.label("program", "instructions/s");
    if (peer.isEmpty()) {
      return List.of(
          first
              + Cells.group("iteration", peer, Optional.empty())
              + Cells.group("whole run", peer, Optional.empty())
              + Cells.group("to steady", peer, Optional.empty()));
    }
    String names = " %11s %11s".formatted("javisor", peer.get());
    String ratio = " %6s".formatted("ratio");
    return List.of(
        Cells.label("", "")
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
    return Cells.label(program.name(), speed)
        + Cells.group(
            Cells.milliseconds(here.steadySeconds()),
            there.map(peer -> Cells.milliseconds(peer.steadySeconds())),
            program.ratio())
        + Cells.group(
            Cells.seconds(here.seconds()),
            there.map(peer -> Cells.seconds(peer.seconds())),
            program.wholeRatio())
        + Cells.group(
            Cells.seconds(here.secondsToSteady()),
            there.map(peer -> Cells.seconds(peer.secondsToSteady())),
            Optional.empty());
  }
}
