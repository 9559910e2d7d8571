package org.javisor.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.javisor.host.Problem;
import org.javisor.host.ProblemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shell script plays the machine. */
class CpuBenchTest {
  @TempDir Path directory;

  private Path kernel() throws IOException {
    ByteBuffer image = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
    image.putLong(8, 0x200000).putLong(16, 4096).putInt(32, 2);
    image.put(48, "RISCV\0\0\0".getBytes(StandardCharsets.US_ASCII));
    image.put(56, new byte[] {'R', 'S', 'C', 5});
    return Files.write(directory.resolve("Image"), image.array());
  }

  private static CpuBench.Plan plan(Path kernel, String script, int runs) {
    return new CpuBench.Plan(List.of("sh", "-c", script), kernel, false, runs, 1, 1, 256L << 20);
  }

  private static String script(long firstChecksum) {
    StringBuilder script = new StringBuilder("echo '@bench first-program';");
    for (BenchProgram program : BenchProgram.ALL) {
      long checksum = program.name().equals("hash") ? firstChecksum : program.checksum();
      script.append(
          ("echo '@bench result %s threads=1 iterations=1 checksum=%016x work=1"
                  + " nanoseconds=1000 steady=1000 settled=0 instructions=500';")
              .formatted(program.name(), checksum));
    }
    return script.append("echo '@bench end'").toString();
  }

  @Test
  void bootsAsOftenAsAskedAndSumsUp() throws IOException, InterruptedException {
    assumeTrue(BenchProgram.areBuilt(), "needs " + BenchProgram.COMPILER_INSTALLATION);
    List<String> progress = new ArrayList<>();
    String right = script(BenchProgram.ALL.getFirst().checksum());
    CpuReport report = new CpuBench(plan(kernel(), right, 3), progress::add).run();
    assertThat(progress)
        .containsExactly("run 1 of 3 in javisor", "run 2 of 3 in javisor", "run 3 of 3 in javisor");
    assertThat(report.programs()).hasSize(BenchProgram.ALL.size());
    assertThat(report.programs().getFirst().here().instructionsPerSecond()).contains(5e8);
  }

  @Test
  void aMachineThatComputesSomethingElseIsNotMeasured() throws IOException {
    assumeTrue(BenchProgram.areBuilt(), "needs " + BenchProgram.COMPILER_INSTALLATION);
    Path kernel = kernel();
    assertThatThrownBy(() -> new CpuBench(plan(kernel, script(1), 1), line -> {}).run())
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("hash 0000000000000001");
  }

  @Test
  void whatIsNoKernelIsRefusedBeforeAnythingStarts() throws IOException {
    Path text = Files.writeString(directory.resolve("text"), "no kernel");
    for (Path path : List.of(text, directory.resolve("missing"))) {
      assertThatThrownBy(() -> new CpuBench(plan(path, "exit 1", 1), line -> {}).run())
          .isInstanceOfSatisfying(
              ProblemException.class,
              e -> assertThat(e.problem().kind()).isEqualTo(Problem.Kind.BAD_INPUT));
    }
  }
}
