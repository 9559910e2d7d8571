package org.javisor.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.javisor.cli.JavisorProcess.Outcome;
import org.javisor.cli.JavisorProcess.Running;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real machines with the busybox image, started as a person starts them. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class BusyboxIT {
  private final JavisorProcess javisor = JavisorProcess.withSharedImages();

  @AfterEach
  void nothingIsLeftBehind() throws Exception {
    assertThat(javisor.leftovers()).isEmpty();
  }

  @Test
  void aCommandsOutputIsAllThereIs() throws Exception {
    javisor.run("run", "busybox", "--", "true"); // The image may have to be made first.
    Outcome outcome = javisor.run("run", "busybox", "--", "uname", "-m");
    assertThat(outcome.words()).isEmpty();
    assertThat(outcome.text()).isEqualTo("riscv64\n");
    assertThat(outcome.code()).isZero();
  }

  @Test
  void theExitCodeIsTheCommands() throws Exception {
    assertThat(javisor.run("run", "busybox", "--", "sh", "-c", "exit 7").code()).isEqualTo(7);
  }

  @Test
  void cpusEnvironmentFolderAndArgumentsArrive() throws Exception {
    Outcome outcome =
        javisor.run(
            "run",
            "--cpus=4",
            "--memory=256MiB",
            "--env",
            "A=it's $x",
            "--workdir",
            "/tmp",
            "busybox",
            "--",
            "sh",
            "-c",
            "nproc; pwd; echo \"$A\"; printf '%s|' \"$@\"",
            "sh",
            "a b",
            "",
            "'\"\\$\n\tü");
    assertThat(outcome.text()).isEqualTo("4\n/tmp\nit's $x\na b||'\"\\$\n\tü|");
  }

  @Test
  void bytesPassUnchangedInBothDirections() throws Exception {
    long seed = new Random().nextLong();
    byte[] bytes = new byte[1_000_000];
    new Random(seed).nextBytes(bytes);
    Outcome outcome =
        javisor.run(
            bytes, "run", "busybox", "--", "sh", "-c", "tee /tmp/x | sha256sum >&2; cat /tmp/x");
    String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    assertThat(outcome.words()).as("seed %d", seed).isEqualTo(digest + "  -\n");
    assertThat(outcome.output()).as("seed %d", seed).isEqualTo(bytes);
  }

  @Test
  void controlCEndsTheMachine() throws Exception {
    Running running = javisor.start("run", "busybox", "--", "sh", "-c", "echo up; sleep 1000");
    running.readUntil("up\n");
    assertThat(javisor.leftovers()).hasSize(1);
    running.signal("INT");
    assertThat(running.end().code()).isEqualTo(130);
  }

  @Test
  void whatAKilledProcessLeftIsRemovedAtTheNextStart() throws Exception {
    Running running = javisor.start("run", "busybox", "--", "sh", "-c", "echo up; sleep 1000");
    running.readUntil("up\n");
    running.signal("KILL");
    running.process().waitFor();
    assertThat(javisor.leftovers()).hasSize(1);
    assertThat(javisor.run("image", "ls").code()).isZero();
  }

  @Test
  void aReaderThatGoesAwayEndsTheMachine() throws Exception {
    Running running = javisor.start("run", "busybox", "--", "yes");
    running.readUntil("y\ny\n");
    running.process().getInputStream().close();
    assertThat(running.process().waitFor()).isEqualTo(141);
  }

  @Test
  void aKernelThatPanicsShowsItsLastLines() throws Exception {
    Outcome outcome =
        javisor.run("run", "--append", "rdinit=/missing root=/dev/none", "busybox", "--", "true");
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.output()).isEmpty();
    assertThat(outcome.words())
        .contains("before the command could run")
        .contains("Kernel panic")
        .doesNotContain("Exception");
    assertThat(outcome.words().lines().count()).isBetween(3L, 42L);
  }

  @Test
  void verboseShowsTheBoot() throws Exception {
    Outcome outcome = javisor.run("run", "--verbose", "busybox", "--", "echo", "done");
    assertThat(outcome.text()).isEqualTo("done\n");
    assertThat(outcome.words()).contains("Linux version 6.");
  }

  @Test
  void withoutACommandTheConsoleIsStandardInputAndOutput() throws Exception {
    Running running = javisor.start("run", "-i", "busybox");
    running.readUntil("# ");
    running.type("echo $((6 * 7)); poweroff -f\n");
    Outcome outcome = running.end();
    assertThat(outcome.text()).contains("42");
    assertThat(outcome.code()).isZero();
  }

  @Test
  void theNetworkCardHasANeighbour() throws Exception {
    Outcome outcome =
        javisor.run(
            "run",
            "busybox",
            "--",
            "sh",
            "-c",
            "ip addr add 192.0.2.2/24 dev eth0; ip link set eth0 up; ping -c 2 192.0.2.1");
    assertThat(outcome.text()).contains("2 packets transmitted, 2 packets received");
    assertThat(outcome.code()).isZero();
  }

  @Test
  void aNamedMachineKeepsItsDisk() throws Exception {
    String[] write = {
      "run",
      "--name",
      "it-kept",
      "--disk",
      "64MiB",
      "busybox",
      "--",
      "sh",
      "-c",
      "printf kept | dd of=/dev/vda conv=sync 2>&1; sync"
    };
    assertThat(javisor.run(write).code()).isZero();
    Outcome read =
        javisor.run("run", "--name", "it-kept", "busybox", "--", "head", "-c", "4", "/dev/vda");
    assertThat(read.text()).isEqualTo("kept");
    Outcome other = javisor.run("run", "--name", "it-kept", "debian", "--", "true");
    assertThat(other.code()).isEqualTo(2);
    assertThat(other.words()).contains("made from the image busybox");
  }

  @Test
  void aPersonsOwnKernelBoots() throws Exception {
    javisor.run("image", "pull", "busybox");
    Path kernel = null;
    Path initialRamDisk = null;
    try (Stream<Path> files = Files.list(javisor.home().resolve("images/files"))) {
      for (Path file : files.toList()) {
        byte[] head = new byte[6];
        try (var in = Files.newInputStream(file)) {
          in.readNBytes(head, 0, head.length);
        }
        if (head[0] == 'M' && head[1] == 'Z') {
          kernel = file;
        } else if (new String(head, UTF_8).equals("070701")) {
          initialRamDisk = file;
        }
      }
    }
    Assumptions.assumeTrue(kernel != null && initialRamDisk != null, "no plain initial RAM disk");
    Running running =
        javisor.start(
            "run",
            "-i",
            "--kernel",
            kernel.toString(),
            "--initrd",
            initialRamDisk.toString(),
            "--append",
            "cryptomgr.notests=1 initcall_blacklist=jent_mod_init");
    String boot = running.readUntil("# ");
    assertThat(boot).contains("Linux version 6.");
    running.type("poweroff -f\n");
    assertThat(running.end().code()).isZero();
  }

  @Test
  void aCommandWithATerminalHasOne() throws Exception {
    TerminalTool.assumePresent();
    Running running =
        javisor.startCommand(
            TerminalTool.inTerminal(
                JavisorProcess.launcher() + " run -it busybox -- sh -c 'tty; read x; exit $x'"));
    running.readUntil("/dev/ttyS0\r\n");
    running.type("5\r");
    assertThat(running.end().code()).isEqualTo(5);
  }

  @Test
  void controlBracketEndsASessionAndRestoresTheTerminal() throws Exception {
    TerminalTool.assumePresent();
    Running running =
        javisor.startCommand(
            TerminalTool.inTerminal(
                "stty -g >&2; "
                    + JavisorProcess.launcher()
                    + " run -it busybox; code=$?; stty -g >&2; exit $code"));
    String before = running.readUntil("# ");
    running.type("\u001d");
    Outcome outcome = running.end();
    assertThat(outcome.code()).isZero();
    assertThat(outcome.text()).containsPattern("\\n[0-9a-f]+:");
    List<String> settings =
        Pattern.compile("[0-9a-f]+(:[0-9a-f]+){20,}")
            .matcher(before + outcome.text())
            .results()
            .map(MatchResult::group)
            .toList();
    assertThat(settings).hasSize(2);
    assertThat(settings.getLast()).isEqualTo(settings.getFirst());
  }
}
