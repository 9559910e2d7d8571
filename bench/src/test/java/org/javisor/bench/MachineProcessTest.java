package org.javisor.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.javisor.host.ProblemException;
import org.junit.jupiter.api.Test;

/** A shell script plays the machine: it prints what a guest would. */
class MachineProcessTest {
  private static final BootFiles BOOT =
      new BootFiles(Path.of("kernel"), Path.of("disk"), Optional.empty(), "quiet", 1, 256L << 20);
  private static final String RESULT =
      "echo '@bench result hash threads=1 iterations=1 checksum=00000000000000ff work=1"
          + " nanoseconds=5 steady=4 settled=1 instructions=9';";

  private static MachineRun run(String script, Duration limit) throws InterruptedException {
    return new MachineProcess(new Peer.Javisor(List.of("sh", "-c", script)), BOOT, limit).run();
  }

  private static MachineRun run(String script) throws InterruptedException {
    return run(script, Duration.ofMinutes(1));
  }

  @Test
  void readsTheConsoleToItsEnd() throws InterruptedException {
    MachineRun run =
        run("echo OpenSBI; echo '@bench first-program';" + RESULT + "echo '@bench end'");
    assertThat(run.firstProgram()).isPositive();
    assertThat(run.results()).containsExactly(new ProgramResult("hash", 1, 1, 255, 1, 5, 4, 1, 9));
  }

  @Test
  void tellsTheMemoryOfTheProcess() throws InterruptedException {
    // Of the arguments after the script the shell calls the first $0.
    MachineRun run =
        run(
            "echo '@bench first-program'; echo '@bench end'; sleep 1;"
                + "echo '{\"codeCacheBytes\": 12345}' > \"$2\"");
    assertThat(run.memory().codeCache()).hasValue(12345);
    assumeTrue(Files.isReadable(Path.of("/proc/self/status")), "needs /proc");
    assertThat(run.memory().peak().orElseThrow()).isPositive();
    assertThat(run.memory().overhead()).isEmpty();
  }

  @Test
  void memoryThatNobodyTellsIsNotKnown() throws InterruptedException {
    MachineRun run = run("echo '@bench first-program'; echo '@bench end'");
    assertThat(run.memory().codeCache()).isEmpty();
  }

  @Test
  void aMachineThatEndsEarlyFailsWithItsLastWords() {
    assertThatThrownBy(
            () -> run("echo '@bench first-program'; echo 'Kernel panic'; echo broken >&2; exit 3"))
        .hasMessageContaining("exit code 3")
        .isInstanceOfSatisfying(
            ProblemException.class,
            e ->
                assertThat(e.problem().details())
                    .containsExactly("@bench first-program", "Kernel panic", "broken"));
  }

  @Test
  void aProgramThatFailsFailsTheRun() {
    assertThatThrownBy(
            () -> run("echo '@bench first-program'; echo '@bench wrong sort'; echo '@bench end'"))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("sort found its own result wrong");
  }

  @Test
  void aMachineThatHangsIsEnded() {
    assertThatThrownBy(() -> run("exec sleep 1000", Duration.ofMillis(200)))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("did not end within");
  }

  @Test
  void aPeerThatDoesNotStartIsNamed() {
    Peer missing = new Peer.Javisor(List.of("/nonexistent/javisor"));
    assertThatThrownBy(() -> new MachineProcess(missing, BOOT, Duration.ofMinutes(1)).run())
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("javisor does not start");
  }

  /** The machines must be the same in everything that can be chosen. */
  @Test
  void bothPeersGetTheSameMachine() {
    BootFiles boot =
        new BootFiles(
            Path.of("k"), Path.of("i"), Optional.empty(), "quiet panic=-1", 2, 256L << 20);
    Path statistics = Path.of("s");
    assertThat(new Peer.Javisor(List.of("javisor")).command(boot, statistics))
        .containsExactly(
            "javisor",
            "run",
            "--stats-json",
            "s",
            "--cpus",
            "2",
            "--memory",
            "268435456",
            "--kernel",
            "k",
            "--initrd",
            "i",
            "--append",
            "quiet panic=-1");
    assertThat(new Peer.Qemu().command(boot, statistics))
        .containsSequence("-smp", "2")
        .containsSequence("-m", "size=262144k")
        .containsSequence("-kernel", "k")
        .containsSequence("-initrd", "i")
        .containsSequence("-append", "console=ttyS0 quiet panic=-1");
  }

  @Test
  void bothPeersGetTheSameDisk() {
    BootFiles boot =
        new BootFiles(
            Path.of("k"), Path.of("i"), Optional.of(Path.of("a,b")), "quiet", 1, 512L << 20);
    assertThat(new Peer.Javisor(List.of("javisor")).command(boot, Path.of("s")))
        .containsSequence("--disk", "a,b");
    assertThat(new Peer.Qemu().command(boot, Path.of("s")))
        .containsSequence("-drive", "if=none,id=disk,format=raw,snapshot=on,file=a,,b")
        .containsSequence("-device", "virtio-blk-device,drive=disk");
  }
}
