package org.javisor.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConsoleReaderTest {
  private final ConsoleReader reader = new ConsoleReader();

  private void console(String... lines) {
    for (String line : lines) {
      reader.line(line, Duration.ofSeconds(3));
    }
  }

  @Test
  void readsWhatTheGuestPrints() {
    console(
        "OpenSBI v1.2",
        "@bench first-program",
        "@bench result hash threads=2 iterations=6 checksum=c5a2609416ae1450 work=1572864"
            + " nanoseconds=123456789 steady=20000000 settled=3456789 instructions=0\r",
        "@bench end");
    assertThat(reader.firstProgram()).contains(Duration.ofSeconds(3));
    assertThat(reader.results())
        .containsExactly(
            new ProgramResult(
                "hash", 2, 6, 0xc5a2609416ae1450L, 1572864, 123456789, 20000000, 3456789, 0));
    assertThat(reader.complaints()).isEmpty();
    assertThat(reader.ended()).isTrue();
  }

  @Test
  void readsWhatDebiansProgramsPrint() {
    console(
        "debian login: @bench workload gzip unit=s value=3.250000 checksum=00000000000000ff\r",
        "@bench workload openssl-rsa2048-sign unit=op/s value=30.500 checksum=-",
        "@bench workload perl unit=parsec value=1 checksum=-");
    assertThat(reader.workloads())
        .containsExactly(
            new Workload("gzip", Workload.Unit.SECONDS, 3.25, "00000000000000ff"),
            new Workload("openssl-rsa2048-sign", Workload.Unit.OPERATIONS_PER_SECOND, 30.5, "-"));
    assertThat(reader.complaints()).hasSize(1);
  }

  @Test
  void findsItsLinesBehindKernelMessages() {
    console("[    0.4] random: crng init done@bench first-program\r");
    assertThat(reader.firstProgram()).isPresent();
  }

  @Test
  void reportsProgramsThatFail() {
    console("@bench wrong matrix", "@bench failed sort status=11", "@bench result sort 1 2 3");
    assertThat(reader.complaints())
        .containsExactly(
            "matrix found its own result wrong", "sort status=11", "not understood: sort 1 2 3");
    assertThat(reader.results()).isEmpty();
    assertThat(reader.ended()).isFalse();
  }

  @Test
  void doesNotBelieveNumbersBeyondAnyMeaning() {
    console(
        "@bench result hash threads=1 iterations=6 checksum=c5a2609416ae1450 work=1"
            + " nanoseconds=99999999999999999999999 steady=1 settled=1 instructions=0");
    assertThat(reader.results()).isEmpty();
    assertThat(reader.complaints()).hasSize(1);
  }

  @Test
  void keepsTheLastLinesOnlyAndNothingThatMovesACursor() {
    for (int i = 0; i < 1000; i++) {
      console("line " + i + "\u001b[2J" + "x".repeat(10_000));
    }
    assertThat(reader.lastLines()).hasSize(40).allMatch(line -> line.length() <= 500);
    assertThat(reader.lastLines().getLast()).startsWith("line 999[2J");
  }
}
