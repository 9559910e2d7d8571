package org.javisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.javisor.bench.BenchProgram;
import org.javisor.cli.JavisorProcess.Outcome;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code javisor bench}, once in Javisor and once in the peer. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class BenchIT {
  private static final String NUMBER = "[0-9]+(?:\\.[0-9]+)?(?:E-?[0-9]+)?";

  private final JavisorProcess javisor = JavisorProcess.withSharedImages();

  @Test
  void jsonAgainstQemuHasARatioForEveryProgramAndTheBoot() throws Exception {
    Assumptions.assumeTrue(BenchProgram.areBuilt(), "needs " + BenchProgram.COMPILER_INSTALLATION);
    Assumptions.assumeTrue(
        isOnPath("qemu-system-riscv64"), "needs apt-get install qemu-system-misc");
    // The figures are not looked at: little work, and none of it repeated.
    Outcome outcome =
        javisor.run(
            "bench",
            "cpu",
            "--work",
            "1",
            "--against",
            "qemu",
            "--runs",
            "1",
            "--cpus",
            "2",
            "--json");
    assertThat(outcome.code()).as(outcome.words()).isZero();
    StringBuilder programs = new StringBuilder();
    for (BenchProgram program : BenchProgram.ALL) {
      programs.append(programs.isEmpty() ? "" : ",");
      programs.append(
          "\\{\"name\":\"%s\",\"ratio\":%s,\"wholeRatio\":%s,[^{}]*}"
              .formatted(program.name(), NUMBER, NUMBER));
    }
    assertThat(outcome.text().replaceAll("\\s", ""))
        .matches(
            ("\\{\"geomean\":%1$s,\"wholeGeomean\":%1$s,\"programs\":\\[%2$s],"
                    + "\"threads\":\\{\"speedUp\":%1$s,\"peerSpeedUp\":%1$s},"
                    + "\"boot\":\\{\"ratio\":%1$s,[^{}]*},"
                    + "\"memory\":\\{\"overheadBytes\":%1$s,\"peakBytes\":%1$s,"
                    + "\"codeCacheBytes\":%1$s,[^{}]*}}")
                .formatted(NUMBER, programs));
    assertThat(javisor.leftovers()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--against=bochs",
        "--runs=0",
        "--runs=1000",
        "--work=0",
        "--cpus=9",
        "--memory=64MiB",
        "--memory=1PiB",
        "--kernel=/nonexistent"
      })
  void refusesWhatItCannotMeasureInOneLine(String option) throws Exception {
    Assumptions.assumeTrue(BenchProgram.areBuilt(), "needs " + BenchProgram.COMPILER_INSTALLATION);
    // A kernel is named so that no image is made for nothing.
    Path kernel = Files.createTempFile("kernel", "");
    try {
      Outcome outcome =
          option.startsWith("--kernel")
              ? javisor.run("bench", "cpu", option)
              : javisor.run("bench", "cpu", "--kernel", kernel.toString(), option);
      assertThat(outcome.code()).as(outcome.words()).isEqualTo(ExitCode.BAD_INPUT);
      assertThat(outcome.words().lines()).hasSize(1);
      assertThat(outcome.output()).isEmpty();
    } finally {
      Files.delete(kernel);
    }
  }

  /** The image takes minutes to make, and the workloads some more. */
  @Test
  @Tag("long")
  @Timeout(value = 60, unit = TimeUnit.MINUTES)
  void programsOfDebianRunInJavisorAndInQemu() throws Exception {
    Assumptions.assumeTrue(
        isOnPath("qemu-system-riscv64"), "needs apt-get install qemu-system-misc");
    Outcome outcome =
        javisor.run("bench", "programs", "--against", "qemu", "--runs", "1", "--json");
    assertThat(outcome.code()).as(outcome.words()).isZero();
    assertThat(outcome.text().replaceAll("\\s", ""))
        .matches(
            ("\\{\"geomean\":%1$s,\"programs\":\\[(\\{\"name\":\"[a-z0-9-]+\",\"ratio\":%1$s,"
                    + "[^{}]*},?){7}],\"boot\":\\{\"ratio\":%1$s,[^{}]*},\"memory\":.*")
                .formatted(NUMBER));
    assertThat(javisor.leftovers()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--against=bochs", "--runs=0", "--work=101", "--cpus=9", "--memory=64MiB"})
  void refusesBeforeAnImageIsMadeForNothing(String option) throws Exception {
    Outcome outcome = javisor.run("bench", "programs", option);
    assertThat(outcome.code()).as(outcome.words()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(outcome.words().lines()).hasSize(1);
    assertThat(outcome.output()).isEmpty();
  }

  private static boolean isOnPath(String program) {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
