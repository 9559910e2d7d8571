package org.javisor.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProgramsReportTest {
  private static MachineRun run(long boot, double seconds, double speed) {
    return new MachineRun(
        Duration.ofSeconds(boot),
        List.of(),
        List.of(
            new Workload("gzip", Workload.Unit.SECONDS, seconds, "00000000000000ff"),
            new Workload("openssl", Workload.Unit.BYTES_PER_SECOND, speed, "-")),
        ProcessMemory.UNKNOWN);
  }

  private static final ProgramsReport REPORT =
      ProgramsReport.of(
          new PairedRuns(
              List.of(run(20, 4, 8e6), run(30, 9, 1e6), run(22, 5, 9e6)),
              List.of(run(10, 8, 2e6), run(10, 9, 2e6), run(11, 99, 2e6))),
          Optional.of("qemu"));

  /** Half the time and twice the speed are both a ratio of two. */
  @Test
  void ratiosAreAboveOneWhereJavisorIsFaster() {
    assertThat(REPORT.programs().get(0).here()).isEqualTo(5);
    assertThat(REPORT.programs().get(0).ratio()).contains(2.0);
    assertThat(REPORT.programs().get(1).here()).isEqualTo(8e6);
    assertThat(REPORT.programs().get(1).ratio().orElseThrow()).isCloseTo(4.0, within(1e-9));
    assertThat(REPORT.geometricMean().orElseThrow()).isCloseTo(Math.sqrt(8), within(1e-9));
    assertThat(REPORT.boot().ratio()).contains(0.5);
  }

  @Test
  void jsonHasValuesOfBothSides() {
    assertThat(ProgramsReportJson.of(REPORT).replaceAll("\\s+", ""))
        .isEqualTo(
            """
            {"geomean":2.828,"programs":[
            {"name":"gzip","ratio":2.0,"unit":"s","value":5.0,"peerValue":9.0},
            {"name":"openssl","ratio":4.0,"unit":"B/s","value":8000000.0,"peerValue":2000000.0}],
            "boot":{"ratio":0.5,"seconds":22.0,"peerSeconds":10.0},"memory":{}}
            """
                .replace("\n", ""));
  }

  @Test
  void tableHasALineForEachFigure() {
    assertThat(ProgramsReportText.table(REPORT))
        .anyMatch(line -> line.matches("program +javisor +qemu +ratio"))
        .anyMatch(line -> line.matches("gzip +5\\.00 s +9\\.00 s +2\\.00"))
        .anyMatch(line -> line.matches("openssl +8\\.0 MB/s +2\\.0 MB/s +4\\.00"))
        .anyMatch(line -> line.matches("geometric mean +2\\.83"))
        .anyMatch(line -> line.matches("boot to multi-user +22\\.000 s +10\\.000 s +0\\.50"));
  }
}
