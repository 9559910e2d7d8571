package org.javisor.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class IsolationReportTest {
  private static final IsolationReport REPORT =
      new IsolationReport(
          List.of(
              new IsolationReport.Line(
                  "switch",
                  12_345,
                  "frames",
                  IsolationReport.Figure.of(
                      List.of(0.002, 0.001, 0.004), List.of(0.003, 0.002, 0.005)),
                  new IsolationReport.Figure(0.004, 0.007, 1.75),
                  2)));

  @Test
  void ratiosAreTheMediansOfTheRuns() {
    IsolationReport.Figure mean = REPORT.floods().getFirst().mean();
    assertThat(mean.quiet()).isEqualTo(0.002);
    assertThat(mean.flooded()).isEqualTo(0.003);
    assertThat(mean.ratio()).isEqualTo(1.5);
  }

  @Test
  void tableHasBothAndTheRatio() {
    assertThat(IsolationReportText.table(REPORT))
        .anyMatch(line -> line.matches("switch, frames/s +12,345 +2.000 ms +3.000 ms +1.50"))
        .anyMatch(line -> line.matches("  of 99 in 100 +2 lost +4.000 ms +7.000 ms +1.75"));
  }

  @Test
  void jsonHasAllOfIt() {
    assertThat(IsolationReportJson.of(REPORT))
        .contains("\"switch\"", "\"frames\": 12350", "\"lost\": 2", "\"p99\"", "\"ratio\": 1.75");
  }

  @Test
  void roundTripsAreReadFromPing() {
    RoundTrips trips =
        RoundTrips.parse(
            """
            PING m2 (10.0.0.3): 56 data bytes
            64 bytes from 10.0.0.3: seq=0 ttl=64 time=3.000 ms
            64 bytes from 10.0.0.3: seq=1 ttl=64 time=1.500 ms
            64 bytes from 10.0.0.3: seq=3 ttl=64 time=1.500 ms

            --- m2 ping statistics ---
            4 packets transmitted, 3 packets received, 25% packet loss
            round-trip min/avg/max = 1.500/2.000/3.000 ms
            """,
            4);
    assertThat(trips.lost()).isEqualTo(1);
    assertThat(trips.mean()).isCloseTo(0.002, within(1e-9));
    assertThat(trips.percentile99()).isEqualTo(0.003);
  }
}
