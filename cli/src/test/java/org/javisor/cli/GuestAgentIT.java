package org.javisor.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.javisor.host.DataFolder;
import org.javisor.host.EngineKind;
import org.javisor.host.Host;
import org.javisor.host.Instance;
import org.javisor.host.MachineSpec;
import org.javisor.host.TerminalSize;
import org.javisor.host.agent.AgentException;
import org.javisor.host.agent.ExecRequest;
import org.javisor.host.agent.ExecSession;
import org.javisor.host.agent.ExitStatus;
import org.javisor.host.agent.FileStatus;
import org.javisor.host.agent.GuestAgent;
import org.javisor.host.agent.GuestFileException;
import org.javisor.host.agent.GuestFiles;
import org.javisor.image.Progress;
import org.javisor.machine.StopReason;
import org.javisor.virtio.balloon.BalloonDevice;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Commands, files and memory of running machines, through the agents in them. */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
@Tag("long")
class GuestAgentIT {
  private static final Duration PATIENCE = Duration.ofMinutes(15);
  private static final int TERM = 15;

  /** Kills the agent, whichever it is, but not the shell that runs this. */
  private static final String KILL_AGENT =
      "for p in /proc/[0-9]*; do read -r c < $p/cmdline 2>/dev/null;"
          + " case $(tr '\\0' ' ' < $p/cmdline 2>/dev/null) in"
          + " *qemu-ga*|'awk -f /lib/javisor/agent.awk '*)"
          + " [ ${p##*/} = $$ ] || kill -9 ${p##*/};; esac; done";

  @Test
  void busybox() throws Exception {
    inMachine("busybox");
  }

  @Test
  void debian() throws Exception {
    inMachine("debian");
  }

  private static void inMachine(String image) throws Exception {
    Path home = JavisorProcess.withSharedImages().home();
    Host host = new Host(DataFolder.open(home), System.getenv(), Optional.empty(), Progress.NONE);
    MachineSpec spec =
        new MachineSpec(
            new MachineSpec.Boot.Image(image),
            1,
            OptionalLong.empty(),
            OptionalLong.empty(),
            EngineKind.TRANSLATOR,
            "",
            Optional.empty(),
            false);
    try (GuestAgent agent = new GuestAgent();
        Instance machine = host.build(spec, agent.ports(), "")) {
      machine.start();
      assertThat(agent.await(PATIENCE)).isTrue();
      streamsAreByteExact(agent);
      aTerminalIsOne(agent);
      endings(agent);
      manyAtOnce(agent);
      files(agent);
      clock(agent);
      aKilledAgentComesBack(agent);
      memoryIsGivenBack(machine, agent);
      agent.shutdown(GuestAgent.Shutdown.POWER_OFF);
      assertThat(machine.awaitStop(PATIENCE)).isInstanceOf(StopReason.PoweredOff.class);
    }
  }

  /** What a command that reads nothing prints; its exit code must be 0. */
  private static String output(GuestAgent agent, String script) throws Exception {
    try (ExecSession session = agent.exec(ExecRequest.of("sh", "-c", script))) {
      session.stdin().close();
      String text = new String(session.stdout().readAllBytes(), UTF_8);
      String words = new String(session.stderr().readAllBytes(), UTF_8);
      assertThat(session.await()).as(words).isEqualTo(new ExitStatus.Exited(0));
      return text;
    }
  }

  private static void streamsAreByteExact(GuestAgent agent) throws Exception {
    byte[] bytes = new byte[1 << 20];
    new Random(1).nextBytes(bytes);
    try (ExecSession session =
        agent.exec(ExecRequest.of("sh", "-c", "cat; echo done >&2; exit 3"))) {
      Thread writer =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (OutputStream input = session.stdin()) {
                      input.write(bytes);
                    } catch (IOException e) {
                      // The assertions see it.
                    }
                  });
      assertThat(session.stdout().readAllBytes()).isEqualTo(bytes);
      assertThat(session.stderr().readAllBytes()).asString(UTF_8).isEqualTo("done\n");
      assertThat(session.await()).isEqualTo(new ExitStatus.Exited(3));
      writer.join();
    }
  }

  private static void aTerminalIsOne(GuestAgent agent) throws Exception {
    String script =
        "stty size; trap 'stty size; exit 5' WINCH; echo ready; while :; do sleep 0.1; done";
    try (ExecSession session =
        agent.exec(ExecRequest.of("sh", "-c", script).onTerminal(new TerminalSize(30, 100)))) {
      BufferedReader lines = new BufferedReader(new InputStreamReader(session.stdout(), UTF_8));
      assertThat(lines.readLine()).isEqualTo("30 100");
      assertThat(lines.readLine()).isEqualTo("ready");
      session.resize(new TerminalSize(41, 121));
      assertThat(lines.readLine()).isEqualTo("41 121");
      assertThat(lines.readLine()).isNull();
      assertThat(session.await()).isEqualTo(new ExitStatus.Exited(5));
    }
  }

  private static void endings(GuestAgent agent) throws Exception {
    try (ExecSession session = agent.exec(ExecRequest.of("sleep", "100000"))) {
      session.signal(TERM);
      assertThat(session.await()).isEqualTo(new ExitStatus.Signalled(TERM));
    }
    try (ExecSession session = agent.exec(ExecRequest.of("no-such-program"))) {
      assertThat(session.await()).isEqualTo(new ExitStatus.Exited(127));
      assertThat(session.stderr().readAllBytes()).asString(UTF_8).contains("no-such-program");
    }
    ExecRequest elsewhere =
        new ExecRequest(
            List.of("sh", "-c", "id -u; id -g; pwd; echo \"$GREETING\""),
            Map.of("GREETING", "it's \"so\"\n$x"),
            Optional.of("/tmp"),
            Optional.of(new ExecRequest.User(1234, 2345)),
            Optional.empty());
    try (ExecSession session = agent.exec(elsewhere)) {
      assertThat(session.stdout().readAllBytes())
          .asString(UTF_8)
          .isEqualTo("1234\n2345\n/tmp\nit's \"so\"\n$x\n");
    }
    // What stays in the background does not hold the command up.
    try (ExecSession session =
        agent.exec(ExecRequest.of("sh", "-c", "sleep 100000 & echo $!; exit 4"))) {
      String text = new String(session.stdout().readAllBytes(), UTF_8);
      assertThat(session.await()).isEqualTo(new ExitStatus.Exited(4));
      output(agent, "kill " + text.strip());
    }
  }

  private static void manyAtOnce(GuestAgent agent) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        int number = i;
        Callable<String> one =
            () -> {
              try (ExecSession session =
                  agent.exec(ExecRequest.of("sh", "-c", "read x; echo $x; exit " + number))) {
                session.stdin().write(("line " + number + "\n").getBytes(UTF_8));
                session.stdin().close();
                String line = new String(session.stdout().readAllBytes(), UTF_8);
                return line + session.await().shellCode();
              }
            };
        answers.add(threads.submit(one));
      }
      for (int i = 0; i < answers.size(); i++) {
        assertThat(answers.get(i).get()).isEqualTo("line " + i + "\n" + i);
      }
    }
  }

  private static void files(GuestAgent agent) throws Exception {
    GuestFiles files = agent.files();
    byte[] content = new byte[10 << 20];
    new Random(2).nextBytes(content);
    files.makeDirectory("/root/a folder", 0750, 0, 0);
    String path = "/root/a folder/-it's\n\u00e4";
    files.write(path, new ByteArrayInputStream(content), 04640, 12, 34);
    FileStatus status = files.stat(path);
    assertThat(status.type()).isEqualTo(FileStatus.Type.REGULAR);
    assertThat(status.mode()).isEqualTo(04640);
    assertThat(List.of(status.uid(), status.gid())).containsExactly(12, 34);
    assertThat(status.size()).isEqualTo(content.length);
    ByteArrayOutputStream copy = new ByteArrayOutputStream();
    files.read(path, copy);
    assertThat(copy.toByteArray()).isEqualTo(content);
    files.makeLink("/root/a folder/.link", "no/where");
    assertThat(files.readLink("/root/a folder/.link")).isEqualTo("no/where");
    assertThat(files.list("/root/a folder").stream().map(FileStatus::name))
        .containsExactlyInAnyOrder("-it's\n\u00e4", ".link");
    files.rename(path, "/root/moved");
    files.remove("/root/moved");
    files.removeAll("/root/a folder");
    Assertions.assertThatExceptionOfType(GuestFileException.class)
        .isThrownBy(() -> files.read(path, copy))
        .matches(GuestFileException::absent);
  }

  private static void clock(GuestAgent agent) throws Exception {
    Instant then = Instant.parse("2031-02-03T04:05:06Z");
    agent.setTime(then);
    assertThat(agent.time()).isBetween(then.minusSeconds(2), then.plusSeconds(600));
    agent.setTime(Instant.now());
  }

  private static void aKilledAgentComesBack(GuestAgent agent) throws Exception {
    try (ExecSession session = agent.exec(ExecRequest.of("sh", "-c", KILL_AGENT))) {
      session.stdin().close();
      session.await();
    } catch (AgentException e) {
      // Nobody is left to say how it ended.
    }
    assertThat(agent.await(PATIENCE)).isTrue();
    // A request may still meet the end of the one that was killed.
    for (int attempt = 0; ; attempt++) {
      try {
        assertThat(output(agent, "echo back")).isEqualTo("back\n");
        return;
      } catch (AgentException e) {
        assertThat(attempt).as(String.valueOf(e.getMessage())).isLessThan(10);
        assertThat(agent.await(PATIENCE)).isTrue();
      }
    }
  }

  private static void memoryIsGivenBack(Instance machine, GuestAgent agent) throws Exception {
    BalloonDevice balloon = machine.balloon().orElseThrow();
    output(
        agent,
        "mkdir /dev/shm/big && mount -t tmpfs big /dev/shm/big"
            + " && dd if=/dev/zero of=/dev/shm/big/file bs=1M count=100 2>/dev/null");
    long full = residentBytes(machine);
    output(agent, "umount /dev/shm/big");
    // The guest reports what is free in its own time.
    while (residentBytes(machine) > full - (80 << 20)) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    balloon.setTarget(32 << 20);
    while (balloon.actual() != 32 << 20) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    assertThat(balloon.metrics().released()).isGreaterThan(32 << 20);
    balloon.requestStatistics();
    while (balloon.statistics().isEmpty()) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    balloon.setTarget(0);
    while (balloon.actual() != 0) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  /** What the guest's memory takes of the host's. */
  private static long residentBytes(Instance machine) throws IOException {
    long start = machine.board().memory().machineAddress(machine.board().memory().base());
    boolean inside = false;
    long resident = 0;
    for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
      if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
        String[] range = line.substring(0, line.indexOf(' ')).split("-", 2);
        long from = Long.parseUnsignedLong(range[0], 16);
        long to = Long.parseUnsignedLong(range[1], 16);
        inside = from < start + machine.board().memory().size() && to > start;
      } else if (inside && line.startsWith("Rss:")) {
        resident += Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
      }
    }
    return resident;
  }
}
