package org.javisor.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The C programs, run by QEMU's user mode. */
class BenchProgramTest {
  private static final String EMULATOR = "qemu-riscv64-static";

  @TempDir Path directory;

  static List<BenchProgram> programs() {
    List<BenchProgram> programs = new ArrayList<>(BenchProgram.ALL);
    programs.add(BenchProgram.LANES);
    return programs;
  }

  @BeforeEach
  void toolsPresent() {
    assumeTrue(BenchProgram.areBuilt(), "needs " + BenchProgram.COMPILER_INSTALLATION);
    assumeTrue(
        Arrays.stream(System.getenv("PATH").split(":"))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, EMULATOR))),
        "needs apt-get install qemu-user-static");
  }

  private record Ending(String output, int exitCode) {}

  private Ending execute(BenchProgram program, String... arguments)
      throws IOException, InterruptedException {
    Path file = directory.resolve(program.name());
    Files.write(file, program.executable());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    List<String> command = new ArrayList<>(List.of(EMULATOR, file.toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    return new Ending(output, process.waitFor());
  }

  @ParameterizedTest
  @MethodSource("programs")
  void findsItsResultRight(BenchProgram program) throws IOException, InterruptedException {
    Ending ending = execute(program, "2");
    ConsoleReader reader = new ConsoleReader();
    ending.output().lines().forEach(line -> reader.line(line, Duration.ZERO));
    assertThat(ending.exitCode()).as(ending.output()).isZero();
    assertThat(reader.complaints()).isEmpty();
    assertThat(reader.results()).hasSize(1);
    ProgramResult result = reader.results().getFirst();
    assertThat(result.program()).isEqualTo(program.name());
    assertThat(result.iterations()).isEqualTo(2);
    assertThat(result.checksum()).isEqualTo(program.checksum());
    assertThat(result.work()).isPositive().isEven();
    assertThat(result.threads()).isEqualTo(1);
    assertThat(result.nanoseconds()).isPositive();
    assertThat(result.steady()).isPositive().isLessThan(result.nanoseconds());
    assertThat(result.settled()).isNotNegative().isLessThan(result.nanoseconds());
  }

  @Test
  void sharingWorkOutDoesNotChangeTheResult() throws IOException, InterruptedException {
    Ending ending = execute(BenchProgram.LANES, "2", "3");
    ConsoleReader reader = new ConsoleReader();
    ending.output().lines().forEach(line -> reader.line(line, Duration.ZERO));
    assertThat(ending.exitCode()).as(ending.output()).isZero();
    assertThat(reader.results().getFirst().threads()).isEqualTo(3);
    assertThat(reader.results().getFirst().checksum()).isEqualTo(BenchProgram.LANES.checksum());
    assertThat(execute(BenchProgram.LANES, "2", "0").exitCode()).isEqualTo(2);
  }

  /** An iteration takes a few milliseconds: fewer of them would not show when a warm-up is over. */
  @ParameterizedTest
  @MethodSource("programs")
  void hasIterationsEnoughToSettle(BenchProgram program) {
    assertThat(program.iterations()).isGreaterThanOrEqualTo(40);
  }

  @ParameterizedTest
  @MethodSource("programs")
  void refusesNoWorkAtAll(BenchProgram program) throws IOException, InterruptedException {
    assertThat(execute(program, "nothing").exitCode()).isEqualTo(2);
  }

  /** The hash's checksum, computed by the JDK. */
  @Test
  void hashIsSha256() throws NoSuchAlgorithmException {
    byte[] message = new byte[64 * 1024];
    for (int i = 0; i < message.length; i++) {
      message[i] = (byte) (i * 31 + (i >> 8) * 17 + (i >> 16));
    }
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(message);
    assertThat(BenchProgram.ALL.getFirst().checksum()).isEqualTo(ByteBuffer.wrap(digest).getLong());
  }
}
