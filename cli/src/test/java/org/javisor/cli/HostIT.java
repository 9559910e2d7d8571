package org.javisor.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.javisor.cli.JavisorProcess.Outcome;
import org.javisor.cli.JavisorProcess.Running;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A host process and its instances, used as a person and a stock client use them. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class HostIT {
  @TempDir private Path home;
  @TempDir private Path folder;
  private JavisorProcess javisor;

  @BeforeEach
  void open() throws Exception {
    javisor = JavisorProcess.withSharedImages(home, "busybox");
  }

  @AfterEach
  void nothingIsLeftBehind() throws Exception {
    Optional<ProcessHandle> host = javisor.hostProcess();
    if (host.isPresent()) {
      assertThat(javisor.run("host", "stop").code()).isZero();
      assertThat(host.get().isAlive()).isFalse();
    }
    assertThat(home.resolve("host").resolve("socket")).doesNotExist();
    assertThat(javisor.leftovers()).isEmpty();
  }

  private Outcome done(String... arguments) throws Exception {
    return javisor.done(arguments);
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Test
  void aClusterComesUpWorksAndLeavesNothing() throws Exception {
    int port = freePort();
    // Connections from this host need the network's way out, which passt is.
    boolean uplink = Files.isExecutable(Path.of("/usr/bin/passt"));
    Path file = folder.resolve("cluster.yaml");
    Files.writeString(
        file,
        """
        name: shop
        network: { subnet: 10.42.0.0/24, uplink: %s }
        machines:
          web:
            image: busybox
            memory: 128MiB
            ports: [%s]
            run: mkdir -p /srv && hostname > /srv/index.html && httpd -h /srv
          db: { image: busybox, count: 2, memory: 128MiB }
        """
            .formatted(uplink, uplink ? "'" + port + ":80'" : ""));
    Outcome up = done("up", file.toString());
    assertThat(up.text()).contains("web ", "db-1", "db-2", "10.42.0.");
    assertThat(done("exec", "db-1", "--", "ping", "-c", "1", "-W", "10", "db-2").text())
        .contains("1 packets received");
    assertThat(done("exec", "db-2", "--", "wget", "-q", "-O", "-", "http://web/").text())
        .isEqualTo("web\n");
    if (uplink) {
      try (InputStream page = URI.create("http://127.0.0.1:" + port + "/").toURL().openStream()) {
        assertThat(new String(page.readAllBytes(), UTF_8)).isEqualTo("web\n");
      }
    }
    Path frames = folder.resolve("db-1.pcapng");
    Running capture =
        javisor.start(
            "net",
            "capture",
            "--instance",
            "db-1",
            "-w",
            frames.toString(),
            "--count",
            "6",
            "shop");
    while (!Files.exists(frames) || Files.size(frames) == 0) {
      assertThat(capture.process().isAlive()).as(capture.words()).isTrue();
      Thread.sleep(20);
    }
    done("exec", "db-1", "--", "ping", "-c", "3", "-W", "10", "web");
    assertThat(capture.process().waitFor()).as(capture.words()).isZero();
    assertThat(packets(Files.readAllBytes(frames))).isEqualTo(6);
    // The file changes, and the cluster with it.
    Files.writeString(file, Files.readString(file).replace("count: 2", "count: 1"));
    done("up", file.toString());
    assertThat(done("ps", "--all").text()).contains("db-1").doesNotContain("db-2");
    Optional<ProcessHandle> host = javisor.hostProcess();
    done("down", file.toString());
    // Nothing else was on, so the process has ended too.
    assertThat(host.map(ProcessHandle::isAlive)).contains(false);
    try (Stream<Path> machines = Files.list(home.resolve("machines"))) {
      assertThat(machines).isEmpty();
    }
  }

  /** Enhanced packet blocks of a pcapng file, which has to end with one that is whole. */
  private static int packets(byte[] file) {
    ByteBuffer blocks = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int packets = 0;
    while (blocks.hasRemaining()) {
      int start = blocks.position();
      int type = blocks.getInt();
      int length = blocks.getInt();
      assertThat(blocks.getInt(start + length - Integer.BYTES)).isEqualTo(length);
      packets += type == 6 ? 1 : 0;
      blocks.position(start + length);
    }
    return packets;
  }

  @Test
  void aSnapshotIsGoneBackToAndCopied() throws Exception {
    done("launch", "--memory", "128MiB", "busybox", "one");
    byte[] content = new byte[300_000];
    new Random(1).nextBytes(content);
    Path here = Files.write(folder.resolve("content"), content);
    done("cp", here.toString(), "one:/tmp/kept");
    done("snapshot", "create", "--stateful", "one", "warm");
    done("exec", "one", "--", "rm", "/tmp/kept");
    assertThat(javisor.run("exec", "one", "--", "test", "-e", "/tmp/kept").code()).isEqualTo(1);
    done("restore", "one", "warm");
    done("clone", "--count", "2", "one/warm", "copy");
    Path back = folder.resolve("back");
    done("cp", "copy-2:/tmp/kept", back.toString());
    assertThat(Files.readAllBytes(back)).isEqualTo(content);
    assertThat(done("exec", "one", "--", "hostname").text()).isEqualTo("one\n");
    assertThat(done("exec", "copy-1", "--", "hostname").text()).isEqualTo("copy-1\n");
    String random = "head -c 16 /dev/urandom | md5sum; cat /sys/class/net/eth0/address";
    assertThat(done("exec", "copy-1", "--", "sh", "-c", random).text())
        .isNotEqualTo(done("exec", "copy-2", "--", "sh", "-c", random).text());
    Outcome echoed = javisor.run("typed".getBytes(UTF_8), "exec", "copy-1", "--", "cat");
    assertThat(echoed.text()).isEqualTo("typed");
    assertThat(javisor.run("exec", "one", "--", "sh", "-c", "exit 7").code()).isEqualTo(7);
    done("pause", "one");
    assertThat(done("ps").text()).containsPattern("one +frozen");
    done("resume", "one");
    done("stop", "one");
    assertThat(done("ps", "--all").text()).containsPattern("one +stopped");
    assertThat(done("logs", "one").text()).isNotEmpty();
    done("rm", "--force", "copy-1", "copy-2", "one");
    assertThat(javisor.run("exec", "one", "--", "true").code()).isEqualTo(ExitCode.BAD_INPUT);
  }

  private List<String> machines() throws Exception {
    try (Stream<Path> folders = Files.list(home.resolve("machines"))) {
      return folders.map(folder -> folder.getFileName().toString()).toList();
    }
  }

  @Test
  void aRunHasItsMachineHereAndLeavesNothing() throws Exception {
    done("host", "start");
    byte[] bytes = new byte[500_000];
    new Random(1).nextBytes(bytes);
    String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    String script = "tee /tmp/x | sha256sum >&2; cat /tmp/x; exit 7";
    Outcome fed = javisor.run(bytes, "run", "busybox", "--", "sh", "-c", script);
    assertThat(fed.words()).isEqualTo(digest + "  -\n");
    assertThat(fed.output()).isEqualTo(bytes);
    assertThat(fed.code()).isEqualTo(7);
    assertThat(machines()).isEmpty();
    String[] sleeper = {"run", "busybox", "--", "sh", "-c", "echo up; sleep 1000"};
    Running killed = javisor.start(sleeper);
    Running interrupted = javisor.start(sleeper);
    for (Running one : List.of(killed, interrupted)) {
      one.readUntil("up\n");
    }
    assertThat(done("ps").text()).containsPattern("(run-\\S+ +running[^\n]*\n){2}");
    assertThat(machines()).hasSize(2);
    interrupted.signal("INT");
    assertThat(interrupted.end().code()).isEqualTo(ExitCode.INTERRUPTED);
    assertThat(machines()).hasSize(1);
    killed.signal("KILL");
    while (!machines().isEmpty()) {
      Thread.sleep(10);
    }
    Running alone = javisor.start("run", "--alone", "busybox", "--", "sleep", "1000");
    while (javisor.leftovers().isEmpty()) {
      assertThat(alone.process().isAlive()).as(alone.words()).isTrue();
      Thread.sleep(10);
    }
    assertThat(machines()).isEmpty();
    alone.signal("INT");
    assertThat(alone.end().code()).isEqualTo(ExitCode.INTERRUPTED);
  }

  @Test
  void whatWasOnComesBackAfterAKill() throws Exception {
    done("launch", "--memory", "128MiB", "busybox", "on");
    done("launch", "--no-start", "busybox", "off");
    ProcessHandle host = javisor.hostProcess().orElseThrow();
    host.destroyForcibly();
    host.onExit().get(1, TimeUnit.MINUTES);
    assertThat(done("exec", "on", "--", "echo", "again").text()).isEqualTo("again\n");
    assertThat(done("ps", "--all").text())
        .containsPattern("on +running")
        .containsPattern("off +stopped");
    assertThat(done("top", "--json", "-d", "0.1").text()).contains("\"name\":\"on\"");
    assertThat(done("top", "-b", "-n", "1", "-d", "0.1").text())
        .containsPattern("on +running")
        .doesNotContain("off ");
    TerminalTool.assumePresent();
    JavisorProcess.Running top =
        javisor.startCommand(TerminalTool.inTerminal(JavisorProcess.launcher() + " top"));
    top.readUntil("on  ");
    top.type("m");
    top.readUntil("by memory");
    top.type("q");
    Outcome ended = top.end();
    assertThat(ended.code()).as(ended.words()).isZero();
    assertThat(ended.text()).endsWith("\033[?25h\033[?1049l");
    done("rm", "--force", "on", "off");
  }

  @Test
  @Tag("long")
  void aCommandIsEndedByControlCAndAGuestThatDoesNotAnswerIsTold() throws Exception {
    done("launch", "--memory", "128MiB", "busybox", "one");
    Running command =
        javisor.start("exec", "one", "--", "sh", "-c", "echo up; sleep 1000; echo down");
    command.readUntil("up\n");
    command.signal("INT");
    assertThat(command.end().code()).isEqualTo(ExitCode.INTERRUPTED);
    assertThat(done("exec", "one", "--", "ps").text()).doesNotContain("sleep 1000");
    done("pause", "one");
    Running waiting = javisor.start("exec", "one", "--", "echo", "again");
    waiting.waitForWords("the agent in one does not answer yet");
    done("resume", "one");
    assertThat(waiting.end().text()).isEqualTo("again\n");
    done("rm", "--force", "one");
  }

  @Test
  void theStockIncusClientWorks() throws Exception {
    String incus = System.getenv().getOrDefault("JAVISOR_TEST_INCUS", "incus");
    Assumptions.assumeTrue(
        new ProcessBuilder("sh", "-c", "command -v " + incus).start().waitFor() == 0,
        "no incus client is here, so it is not tested; JAVISOR_TEST_INCUS may name one");
    int port = freePort();
    done("host", "start", "--listen", "127.0.0.1:" + port);
    String token = done("host", "token", "tester").text().strip();
    Incus client = new Incus(incus, folder);
    client.done("remote", "add", "here", token);
    client.done("remote", "switch", "here");
    Path told = folder.resolve("told");
    Process monitor = client.start(told, "monitor", "--format", "json");
    client.done("launch", "busybox", "web", "-c", "limits.memory=128MiB");
    assertThat(client.done("list", "-f", "csv", "-c", "ns")).isEqualTo("web,RUNNING\n");
    assertThat(client.done("exec", "web", "--", "hostname")).isEqualTo("web\n");
    assertThat(client.run("exec", "web", "--", "sh", "-c", "exit 5")).isEqualTo(5);
    assertThat(client.fed("typed\n", "exec", "web", "--", "tr", "a-z", "A-Z")).isEqualTo("TYPED\n");
    assertThat(client.console("web", "echo sum is $((40+2))", "sum is 42")).isZero();
    assertThat(client.done("console", "web", "--show-log")).contains("sum is 42");
    assertThat(client.done("config", "set", "web", "user.owner=me")).isEmpty();
    assertThat(client.done("config", "get", "web", "user.owner")).isEqualTo("me\n");
    assertThat(client.done("info", "web")).contains("Status: RUNNING", "virtual-machine");
    client.done("snapshot", "create", "web", "first");
    assertThat(client.done("info", "web")).contains("first");
    client.done("snapshot", "restore", "web", "first");
    client.done("snapshot", "create", "web", "warm", "--stateful");
    client.done("snapshot", "restore", "web", "warm", "--stateful");
    assertThat(client.done("snapshot", "list", "web", "-f", "csv")).contains("first", "warm");
    assertThat(client.done("exec", "web", "--", "hostname")).isEqualTo("web\n");
    // A running machine in a file, by the stock client and by ours.
    client.done("exec", "web", "--", "sh", "-c", "echo kept >/tmp/kept");
    Path file = folder.resolve("web.machine");
    client.done("export", "web", file.toString());
    client.done("delete", "-f", "web");
    client.done("import", file.toString());
    assertThat(client.done("exec", "web", "--", "cat", "/tmp/kept")).isEqualTo("kept\n");
    assertThat(javisor.run("export", "web", file.toString()).code()).isEqualTo(ExitCode.BAD_INPUT);
    Files.delete(file);
    String toFullDisk = JavisorProcess.launcher() + " export web - >/dev/full";
    Outcome full = javisor.startCommand(List.of("sh", "-c", toFullDisk)).end();
    assertThat(full.code()).as(full.words()).isEqualTo(ExitCode.FAILED);
    done("export", "web", file.toString());
    assertThat(javisor.run("import", file.toString()).words()).contains("called web already");
    done("rm", "--force", "web");
    assertThat(done("import", file.toString(), "web").text()).isEqualTo("web\n");
    assertThat(done("exec", "web", "--", "cat", "/tmp/kept").text()).isEqualTo("kept\n");
    client.done("pause", "web");
    assertThat(client.done("list", "-f", "csv", "-c", "ns")).isEqualTo("web,FROZEN\n");
    client.done("resume", "web");
    client.done("stop", "web");
    assertThat(client.done("list", "-f", "csv", "-c", "ns")).isEqualTo("web,STOPPED\n");
    client.done("start", "web");
    client.done("stop", "-f", "web");
    client.done("start", "web");
    assertThat(client.done("image", "list", "-f", "csv")).contains("busybox");
    assertThat(client.done("network", "list", "-f", "csv")).contains("default");
    assertThat(client.done("operation", "list", "-f", "csv")).contains("Stopping instance");
    client.done("delete", "-f", "web");
    assertThat(client.done("list", "-f", "csv")).isEmpty();
    monitor.destroy();
    monitor.waitFor();
    assertThat(Files.readString(told))
        .contains("\"action\":\"instance-started\"", "\"action\":\"instance-deleted\"")
        .contains("\"description\":\"Snapshotting instance\"");
  }

  /** The client, with its configuration in a folder. */
  private record Incus(String program, Path folder) {
    private ProcessBuilder builder(String... arguments) {
      java.util.List<String> command = new java.util.ArrayList<>();
      command.add(program);
      command.addAll(java.util.List.of(arguments));
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().put("INCUS_CONF", folder.resolve("incus").toString());
      builder.environment().put("HOME", folder.toString());
      return builder;
    }

    Process start(Path output, String... arguments) throws Exception {
      return builder(arguments).redirectOutput(output.toFile()).start();
    }

    private Process start(String... arguments) throws Exception {
      return builder(arguments).redirectInput(Path.of("/dev/null").toFile()).start();
    }

    String fed(String input, String... arguments) throws Exception {
      Process process = builder(arguments).start();
      try (OutputStream keys = process.getOutputStream()) {
        keys.write(input.getBytes(UTF_8));
      }
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertThat(process.waitFor()).isZero();
      return output;
    }

    /** Types a line to a console on a terminal, waits for the answer, and leaves by Ctrl-A q. */
    int console(String name, String line, String answer) throws Exception {
      ProcessBuilder terminal =
          new ProcessBuilder("script", "-qec", program + " console " + name, "/dev/null");
      terminal.environment().putAll(builder().environment());
      Process process = terminal.redirectErrorStream(true).start();
      try (OutputStream keys = process.getOutputStream();
          InputStream screen = process.getInputStream()) {
        StringBuilder seen = new StringBuilder();
        // Only a shell that is ready echoes, and the client must look at the keyboard.
        await(screen, seen, "detach");
        do {
          keys.write((line + "\r").getBytes(UTF_8));
          keys.flush();
        } while (!await(screen, seen, answer));
        // The client looks for the two keys one at a time.
        keys.write(1);
        keys.flush();
        Thread.sleep(300);
        keys.write('q');
        keys.flush();
        return process.waitFor();
      }
    }

    /** Reads what a screen shows until it has shown some text; false if nothing comes for 10 s. */
    private static boolean await(InputStream screen, StringBuilder seen, String text)
        throws Exception {
      int from = seen.length();
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      while (seen.indexOf(text, from) < 0) {
        if (screen.available() > 0) {
          seen.append((char) screen.read());
        } else if (System.nanoTime() > deadline) {
          return false;
        } else {
          Thread.sleep(10);
        }
      }
      return true;
    }

    int run(String... arguments) throws Exception {
      return start(arguments).waitFor();
    }

    String done(String... arguments) throws Exception {
      Process process = start(arguments);
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      String words = new String(process.getErrorStream().readAllBytes(), UTF_8);
      assertThat(process.waitFor())
          .as("incus %s: %s%s", String.join(" ", arguments), output, words)
          .isZero();
      return output;
    }
  }
}
