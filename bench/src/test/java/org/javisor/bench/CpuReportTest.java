package org.javisor.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class CpuReportTest {
  private static MachineRun run(long boot, long hash, long sort) {
    return new MachineRun(
        Duration.ofMillis(boot),
        List.of(
            new ProgramResult("hash", 1, 7, 100, hash * 1_000_000, 50_000_000),
            new ProgramResult("sort", 1, 8, 100, sort * 1_000_000, 0)),
        OptionalLong.of(boot << 20));
  }

  private static final List<MachineRun> RUNS =
      List.of(run(4000, 500, 100), run(9999, 900, 100), run(4400, 510, 120));
  private static final List<MachineRun> PEER =
      List.of(run(2000, 1000, 50), run(2000, 1800, 60), run(2200, 99, 60));

  @Test
  void takesMediansOfRunsAndOfRatiosOfPairs() {
    CpuReport report = CpuReport.of(RUNS, Optional.of("qemu"), PEER);
    CpuReport.Program hash = report.programs().getFirst();
    assertThat(hash.name()).isEqualTo("hash");
    assertThat(hash.seconds()).isEqualTo(0.510);
    assertThat(hash.instructionsPerSecond().orElseThrow()).isCloseTo(50e6 / 0.510, within(1.0));
    assertThat(hash.peerSeconds()).contains(1.0);
    assertThat(hash.ratio()).contains(2.0);
    assertThat(report.programs().get(1).instructionsPerSecond()).isEmpty();
    assertThat(report.programs().get(1).ratio()).contains(0.5);
    assertThat(report.boot().seconds()).isEqualTo(4.4);
    assertThat(report.boot().ratio()).contains(0.5);
    assertThat(report.geometricMean().orElseThrow()).isCloseTo(1.0, within(1e-12));
  }

  @Test
  void jsonAgainstAPeerHasRatiosAndNothingElse() {
    CpuReport report = CpuReport.of(RUNS, Optional.of("qemu"), PEER);
    assertThat(CpuReportText.json(report).replaceAll("\\s+", ""))
        .isEqualTo(
            "{\"geomean\":1.0,\"programs\":[{\"name\":\"hash\",\"ratio\":2.0},"
                + "{\"name\":\"sort\",\"ratio\":0.5}],\"boot\":{\"ratio\":0.5}}");
  }

  @Test
  void jsonAloneHasInstructionsPerSecond() {
    CpuReport report = CpuReport.of(RUNS, Optional.empty(), List.of());
    assertThat(CpuReportText.json(report).replaceAll("\\s+", ""))
        .isEqualTo(
            "{\"programs\":[{\"name\":\"hash\",\"instructionsPerSecond\":98039216},"
                + "{\"name\":\"sort\"}],\"boot\":{\"seconds\":4.4}}");
  }

  @Test
  void tableHasOneLineForEachProgramTheMeanTheBootAndTheMemory() {
    CpuReport report = CpuReport.of(RUNS, Optional.of("qemu"), PEER);
    assertThat(CpuReportText.table(report))
        .anyMatch(line -> line.matches("hash +98\\.0 M +0\\.510 s +1\\.000 s +2\\.00"))
        .anyMatch(line -> line.matches("sort +not counted +0\\.100 s +0\\.060 s +0\\.50"))
        .anyMatch(line -> line.matches("geometric mean +1\\.00"))
        .anyMatch(line -> line.matches("boot to first program +4\\.400 s +2\\.000 s +0\\.50"))
        .anyMatch(line -> line.matches("memory beyond guest's +4400 MiB +2000 MiB"));
  }

  @Test
  void medianOfAnEvenNumberIsBetweenTheMiddleOnes() {
    assertThat(Median.of(List.of(9.0, 1.0, 2.0, 4.0))).isEqualTo(3.0);
  }
}
