package org.javisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.javisor.cli.JavisorProcess.Outcome;
import org.javisor.cli.JavisorProcess.Running;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real machines with the debian image: unmodified Debian trixie with systemd. */
@Timeout(value = 40, unit = TimeUnit.MINUTES)
class DebianIT {
  private final JavisorProcess javisor = JavisorProcess.withSharedImages();

  @AfterEach
  void nothingIsLeftBehind() throws Exception {
    assertThat(javisor.leftovers()).isEmpty();
  }

  @Test
  void systemdReachesRunning() throws Exception {
    Outcome outcome =
        javisor.run(
            "run",
            "--cpus",
            "2",
            "debian",
            "--",
            "sh",
            "-c",
            "cat /etc/os-release; systemctl is-system-running --wait; systemctl --failed");
    assertThat(outcome.text())
        .as(outcome.words())
        .contains("VERSION_CODENAME=trixie")
        .contains("running\n")
        .contains("0 loaded units listed");
    assertThat(outcome.code()).isZero();
  }

  @Test
  @Tag("long")
  void aPersonLogsInRebootsAndSwitchesOff() throws Exception {
    TerminalTool.assumePresent();
    Running running =
        javisor.startCommand(
            TerminalTool.inTerminal(JavisorProcess.launcher() + " run -it --cpus 2 debian"));
    running.readUntil("login: ");
    running.type("root\r");
    running.readUntil("# ");
    running.type("reboot\r");
    running.readUntil("login: ");
    running.type("root\r");
    running.readUntil("# ");
    running.type("poweroff\r");
    assertThat(running.end().code()).isZero();
  }
}
