package org.javisor.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SnapshotsReportTest {
  private static SnapshotsReport report(boolean peer) {
    return new SnapshotsReport(
        new SnapshotsReport.Figure(0.125, peer ? Optional.of(1.0) : Optional.empty()),
        new SnapshotsReport.Figure(0.05, peer ? Optional.of(0.6) : Optional.empty()),
        50,
        new SnapshotsReport.Figure(
            3 << 20, peer ? Optional.of(120.0 * (1 << 20)) : Optional.empty()),
        2 << 20,
        peer ? Optional.of("qemu") : Optional.empty());
  }

  @Test
  void tableHasBothSidesAndTheRatio() {
    assertThat(SnapshotsReportText.table(report(true)))
        .anyMatch(line -> line.matches("restore to output +0.125 s +1.000 s +8.00"))
        .anyMatch(line -> line.matches("copy to output +50 machines +0.050 s +0.600 s +12.00"))
        .anyMatch(line -> line.matches("memory of a copy +50 machines +3.0 MiB +120.0 MiB +40.00"))
        .anyMatch(line -> line.matches("  beyond guest's writes +2.0 MiB"));
  }

  @Test
  void jsonHasThePeersFieldsAgainstAPeerOnly() {
    assertThat(SnapshotsReportJson.of(report(true)))
        .contains(
            "\"peerSeconds\": 1.0", "\"ratio\": 12.0", "\"machines\": 50", "\"overheadBytes\"");
    assertThat(SnapshotsReportJson.of(report(false))).doesNotContain("peer", "ratio");
  }

  @Test
  void mapsAreSummedUpByFile() {
    ProcessMaps maps =
        new ProcessMaps(
            List.of(
                "7f0000000000-7f0000100000 rw-p 00000000 fd:00 12 /tmp/a/memory",
                "Size:               1024 kB",
                "Pss:                  30 kB",
                "Anonymous:            20 kB",
                "7f0000200000-7f0000300000 rw-p 00000000 00:00 0 ",
                "Pss:                   5 kB",
                "Anonymous:             5 kB",
                "7f0000400000-7f0000500000 rw-p 00000000 fd:00 12 /tmp/a/memory",
                "Pss:                   2 kB",
                "Anonymous:             1 kB"));
    assertThat(maps.proportional()).isEqualTo(37 << 10);
    assertThat(maps.writtenOf(Path.of("/tmp/a/memory"))).isEqualTo(21 << 10);
    assertThat(maps.writtenOf(Path.of("/tmp/b/memory"))).isZero();
  }
}
