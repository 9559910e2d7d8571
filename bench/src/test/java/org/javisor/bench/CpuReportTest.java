package org.javisor.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class CpuReportTest {
  /** Times in milliseconds; an iteration at steady state takes a tenth of the whole. */
  private static MachineRun run(long boot, long hash, long sort, long oneThread, long twoThreads) {
    return new MachineRun(
        Duration.ofMillis(boot),
        List.of(
            result("hash", 1, hash, 50_000_000),
            result("sort", 1, sort, 0),
            result("lanes", 1, oneThread, 0),
            result("lanes", 2, twoThreads, 0)),
        List.of(),
        new ProcessMemory(
            OptionalLong.of(boot << 20), OptionalLong.of(boot << 21), OptionalLong.empty()));
  }

  private static ProgramResult result(String name, int threads, long time, long instructions) {
    long nanoseconds = time * 1_000_000;
    return new ProgramResult(
        name, threads, 4, 7, 100, nanoseconds, nanoseconds / 10, nanoseconds / 2, instructions);
  }

  private static final List<MachineRun> RUNS =
      List.of(
          run(4000, 500, 100, 300, 150),
          run(9999, 900, 100, 300, 200),
          run(4400, 510, 120, 300, 160));
  private static final List<MachineRun> PEER =
      List.of(
          run(2000, 1000, 50, 300, 300),
          run(2000, 1800, 60, 300, 150),
          run(2200, 99, 60, 300, 200));

  private static CpuReport.Program hash(CpuReport report) {
    return report.programs().getFirst();
  }

  @Test
  void takesMediansOfRunsAndOfRatiosOfPairs() {
    CpuReport report = CpuReport.of(new PairedRuns(RUNS, PEER), Optional.of("qemu"));
    assertThat(report.programs())
        .extracting(CpuReport.Program::name)
        .containsExactly("hash", "sort");
    assertThat(hash(report).here().seconds()).isEqualTo(0.510);
    assertThat(hash(report).here().steadySeconds()).isEqualTo(0.051);
    assertThat(hash(report).here().secondsToSteady()).isEqualTo(0.255);
    assertThat(hash(report).here().instructionsPerSecond().orElseThrow())
        .isCloseTo(12.5e6 / 0.051, within(1.0));
    assertThat(hash(report).there().orElseThrow().seconds()).isEqualTo(1.0);
    assertThat(hash(report).ratio()).contains(2.0);
    assertThat(hash(report).wholeRatio()).contains(2.0);
    assertThat(report.programs().get(1).here().instructionsPerSecond()).isEmpty();
    assertThat(report.programs().get(1).ratio()).contains(0.5);
    assertThat(report.boot().seconds()).isEqualTo(4.4);
    assertThat(report.boot().ratio()).contains(0.5);
    assertThat(report.geometricMean().orElseThrow()).isCloseTo(1.0, within(1e-12));
  }

  @Test
  void theRatioIsThatOfSteadyStateWhateverTheWarmUpTook() {
    MachineRun slowToWarmUp = warmUp(9_000_000_000L, 1_000_000);
    MachineRun peer = warmUp(3_000_000_000L, 2_000_000);
    CpuReport report =
        CpuReport.of(new PairedRuns(List.of(slowToWarmUp), List.of(peer)), Optional.of("qemu"));
    assertThat(hash(report).ratio()).contains(2.0);
    assertThat(hash(report).wholeRatio().orElseThrow()).isCloseTo(1.0 / 3, within(1e-12));
    assertThat(report.geometricMean().orElseThrow()).isCloseTo(2.0, within(1e-12));
    assertThat(report.wholeGeometricMean().orElseThrow()).isCloseTo(1.0 / 3, within(1e-12));
  }

  private static MachineRun warmUp(long nanoseconds, long steady) {
    return new MachineRun(
        Duration.ofSeconds(1),
        List.of(new ProgramResult("hash", 1, 100, 7, 100, nanoseconds, steady, 0, 0)),
        List.of(),
        ProcessMemory.UNKNOWN);
  }

  @Test
  void theSpeedUpIsThatOfTheSameMachine() {
    CpuReport report = CpuReport.of(new PairedRuns(RUNS, PEER), Optional.of("qemu"));
    assertThat(report.speedUp().orElseThrow().here()).isEqualTo(1.875);
    assertThat(report.speedUp().orElseThrow().there()).contains(1.5);
    MachineRun oneHart = warmUp(1_000_000, 1_000);
    assertThat(
            CpuReport.of(new PairedRuns(List.of(oneHart), List.of()), Optional.empty()).speedUp())
        .isEmpty();
  }

  @Test
  void jsonAgainstAPeerHasRatiosAndBothSides() {
    CpuReport report = CpuReport.of(new PairedRuns(RUNS, PEER), Optional.of("qemu"));
    assertThat(CpuReportJson.of(report).replaceAll("\\s+", ""))
        .isEqualTo(
            """
            {"geomean":1.0,"wholeGeomean":1.0,"programs":[
            {"name":"hash","ratio":2.0,"wholeRatio":2.0,"instructionsPerSecond":245098039,
            "steadySecondsPerIteration":0.051,"seconds":0.51,"secondsToSteady":0.255,
            "peerSteadySecondsPerIteration":0.1,"peerSeconds":1.0,"peerSecondsToSteady":0.5},
            {"name":"sort","ratio":0.5,"wholeRatio":0.5,
            "steadySecondsPerIteration":0.01,"seconds":0.1,"secondsToSteady":0.05,
            "peerSteadySecondsPerIteration":0.006,"peerSeconds":0.06,"peerSecondsToSteady":0.03}],
            "threads":{"speedUp":1.875,"peerSpeedUp":1.5},
            "boot":{"ratio":0.5,"seconds":4.4,"peerSeconds":2.0},
            "memory":{"overheadBytes":4613734400,"peakBytes":9227468800,
            "peerOverheadBytes":2097152000,"peerPeakBytes":4194304000}}
            """
                .replace("\n", ""));
  }

  @Test
  void jsonAloneHasNoRatios() {
    CpuReport report =
        CpuReport.of(
            new PairedRuns(List.of(warmUp(2_000_000, 1_000)), List.of()), Optional.empty());
    assertThat(CpuReportJson.of(report).replaceAll("\\s+", ""))
        .isEqualTo(
            "{\"programs\":[{\"name\":\"hash\",\"steadySecondsPerIteration\":1.0E-6,"
                + "\"seconds\":0.002,\"secondsToSteady\":0.0}],"
                + "\"boot\":{\"seconds\":1.0},\"memory\":{}}");
  }

  @Test
  void tableHasOneLineForEachProgramAndEachOtherFigure() {
    CpuReport report = CpuReport.of(new PairedRuns(RUNS, PEER), Optional.of("qemu"));
    assertThat(CpuReportText.table(report))
        .anyMatch(
            line ->
                line.matches(
                    "hash +245\\.1 M +51\\.000 ms +100\\.000 ms +2\\.00"
                        + " +0\\.510 s +1\\.000 s +2\\.00 +0\\.255 s +0\\.500 s"))
        .anyMatch(line -> line.matches("sort +not counted +10\\.000 ms .*"))
        .anyMatch(line -> line.matches("geometric mean +1\\.00 +1\\.00"))
        .anyMatch(line -> line.matches("2 threads over 1 +1\\.88 +1\\.50"))
        .anyMatch(line -> line.matches("boot to first program +4\\.400 s +2\\.000 s +0\\.50"))
        .anyMatch(line -> line.matches("memory beyond guest's +4400 MiB +2000 MiB"))
        .anyMatch(line -> line.matches("peak resident memory +8800 MiB +4000 MiB"))
        .noneMatch(line -> line.contains("code cache"));
    assertThat(CpuReportText.table(CpuReport.of(new PairedRuns(RUNS, List.of()), Optional.empty())))
        .anyMatch(line -> line.matches("hash +245\\.1 M +51\\.000 ms +0\\.510 s +0\\.255 s"))
        .noneMatch(line -> line.endsWith("ratio") || line.contains("mean"));
  }

  @Test
  void medianOfAnEvenNumberIsBetweenTheMiddleOnes() {
    assertThat(Median.of(List.of(9.0, 1.0, 2.0, 4.0))).isEqualTo(3.0);
  }
}
