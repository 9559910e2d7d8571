package org.javisor.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.javisor.host.ProblemException;
import org.javisor.image.Image;
import org.javisor.storage.store.Sha256;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shell script plays the machine. */
class ProgramsBenchTest {
  private static final long MEMORY = 512L << 20;

  @TempDir Path directory;

  private Image image(Optional<Path> disk) throws IOException {
    Path ramDisk = Files.writeString(directory.resolve("initrd"), "the image's own archive");
    return new Image(
        "bench",
        directory.resolve("Image"),
        ramDisk,
        disk,
        "console=ttyS0 quiet",
        MEMORY,
        0,
        Sha256.parse("0".repeat(64)));
  }

  private ProgramsBench bench(String script, int runs) throws IOException {
    return new ProgramsBench(
        new ProgramsBench.Plan(
            List.of("sh", "-c", script),
            image(Optional.of(directory.resolve("disk"))),
            false,
            runs,
            3,
            1,
            MEMORY),
        line -> {});
  }

  /** What a guest prints; the checksums are those of the script's variable. */
  private static String workloads(String checksum) {
    StringBuilder script = new StringBuilder("echo '@bench first-program';");
    for (String name : Workload.NAMES) {
      boolean speed = name.startsWith("openssl");
      script
          .append("echo \"@bench workload " + name)
          .append(speed ? " unit=B/s value=2000000.5 checksum=-\";" : "")
          .append(speed ? "" : " unit=s value=1.25 checksum=" + checksum + "\";");
    }
    return script.append("echo '@bench end'").toString();
  }

  @Test
  void sumsUpWhatTheMachinePrints() throws IOException, InterruptedException {
    ProgramsReport report = bench(workloads("00000000000000ff"), 2).run();
    assertThat(report.programs())
        .extracting(ProgramsReport.Program::name)
        .containsExactlyElementsOf(Workload.NAMES);
    assertThat(report.programs().getFirst().here()).isEqualTo(1.25);
    assertThat(report.programs().getLast().unit()).isEqualTo("B/s");
    assertThat(report.geometricMean()).isEmpty();
    assertThat(report.boot().seconds()).isPositive();
  }

  /**
   * The guest's side is added behind the image's initial RAM disk, which the kernel unpacks too.
   */
  @Test
  void theMachineGetsTheImageAndTheFilesOfTheGuest() throws IOException, InterruptedException {
    Path seen = directory.resolve("seen");
    String script =
        """
        while [ $# -gt 1 ]; do
          case $1 in
            --initrd) cp "$2" '%1$s' ;;
            --disk | --append) echo "$1 $2" >> '%1$s.words' ;;
          esac
          shift
        done
        """
            .formatted(seen);
    bench(script + workloads("00000000000000ff"), 1).run();
    assertThat(Files.readString(Path.of(seen + ".words")))
        .contains("--disk " + directory.resolve("disk"))
        .contains("--append console=ttyS0 quiet panic=-1");
    assertThat(Files.readString(seen, StandardCharsets.ISO_8859_1))
        .startsWith("the image's own archive")
        .contains("files/etc/javisor-bench/run", "files/etc/javisor-bench/work\0")
        .contains("\0003\n")
        .contains("ExecStart=/bin/bash /etc/javisor-bench/run");
  }

  @Test
  void machinesThatComputeDifferentThingsAreNotCompared() throws IOException {
    Path count = directory.resolve("count");
    String script =
        "echo >> '" + count + "'; n=$(printf %016x $(wc -l < '" + count + "'));" + workloads("$n");
    ProgramsBench bench = bench(script, 2);
    assertThatThrownBy(bench::run)
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("perl 0000000000000002")
        .hasMessageContaining("perl 0000000000000001");
  }

  @Test
  void aMachineThatLacksAProgramSaysWhatToDo() throws IOException {
    ProgramsBench bench =
        bench(
            "echo '@bench first-program';"
                + " echo '@bench failed there is no perl in the image: remove it'; echo '@bench end'",
            1);
    assertThatThrownBy(bench::run)
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("there is no perl in the image");
  }

  @Test
  void aMachineThatLeavesSomethingOutIsNotMeasured() throws IOException {
    ProgramsBench bench = bench("echo '@bench first-program'; echo '@bench end'", 1);
    assertThatThrownBy(bench::run)
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("instead of [perl");
  }

  @Test
  void anImageWithoutADiskIsRefused() throws IOException {
    ProgramsBench bench =
        new ProgramsBench(
            new ProgramsBench.Plan(
                List.of("false"), image(Optional.empty()), false, 1, 1, 1, MEMORY),
            line -> {});
    assertThatThrownBy(bench::run)
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("has no disk");
  }
}
