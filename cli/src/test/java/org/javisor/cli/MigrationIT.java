package org.javisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.javisor.cli.JavisorProcess.Outcome;
import org.javisor.cli.JavisorProcess.Running;
import org.javisor.cli.client.HostClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Two hosts on one computer, with nothing in common but the loopback interface. */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class MigrationIT {
  /** Blocks of the disk that are written, one after the other and then again. */
  private static final int BLOCKS = 64;

  /**
   * Counts in a file in memory, and writes each number into all of a block of the disk; it says so
   * only once the block is on the disk.
   */
  private static final String WORK =
      """
      cat >/tmp/work <<'EOF'
      i=0
      while :; do
        echo $i >>/tmp/numbers
        yes $i | head -c 4096 >/tmp/block
        dd if=/tmp/block of=/dev/vda bs=4096 seek=$((i %% %1$d)) conv=notrunc,fsync 2>/dev/null
        echo $i >/tmp/written
        i=$((i+1))
        usleep 20000
      done
      EOF
      (sh /tmp/work >/dev/null 2>&1 </dev/null & echo $! >/tmp/pid)
      """
          .formatted(BLOCKS);

  /** Sends numbered messages to a third machine, by one connection for ever. */
  private static final String TALK =
      """
      echo 'i=0; while :; do echo $i; i=$((i+1)); usleep 50000; done' >/tmp/talk
      (sh /tmp/talk 2>/dev/null </dev/null | nc witness 7000 >/dev/null 2>&1 &)
      """;

  /**
   * Stops, forgets what of the disk is in memory, and compares each block with its number. The next
   * number may have been on its way into the block of the oldest one.
   */
  private static final String CHECK =
      """
      kill $(cat /tmp/pid); sleep 1
      echo 3 >/proc/sys/vm/drop_caches
      last=$(cat /tmp/written)
      i=$((last - %1$d + 2)); [ $i -ge 0 ] || i=0
      while [ $i -le $last ]; do
        yes $i | head -c 4096 >/tmp/block
        dd if=/dev/vda bs=4096 skip=$((i %% %1$d)) count=1 2>/dev/null >/tmp/found
        cmp /tmp/found /tmp/block || { echo wrong $i of $last: $(head -n 1 /tmp/found) >&2; exit 1; }
        i=$((i+1))
      done
      echo checked $last
      """
          .formatted(BLOCKS);

  @TempDir private Path homes;
  private JavisorProcess a;
  private JavisorProcess b;

  @BeforeEach
  void joinTheHosts() throws Exception {
    Path images =
        JavisorProcess.withSharedImages(Files.createDirectory(homes.resolve("x")), "busybox")
            .home();
    a = new JavisorProcess(Files.createDirectory(homes.resolve("a")));
    b = new JavisorProcess(Files.createDirectory(homes.resolve("b")));
    Files.createSymbolicLink(a.home().resolve("images"), images.resolve("images").toRealPath());
    a.done("host", "start", "--listen", "127.0.0.1:" + freePort());
    b.done("host", "start", "--listen", "127.0.0.1:" + freePort());
    int here = freeUdpPort();
    int there = freeUdpPort();
    span(a, "10.44.0.2-10.44.0.99", here, there);
    span(b, "10.44.0.100-10.44.0.199", there, here);
    String token = b.done("host", "token", "a").text().strip();
    a.done("host", "join", token, "--as", "b");
    assertThat(a.done("host", "ls").text()).contains("b ");
    assertThat(b.done("host", "ls").text()).contains("a ");
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static int freeUdpPort() throws Exception {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void span(JavisorProcess host, String range, int own, int other) throws Exception {
    host.done(
        "net",
        "create",
        "--subnet",
        "10.44.0.0/24",
        "lan",
        "ipv4.dhcp.ranges=" + range,
        "tunnel.x.protocol=vxlan",
        "tunnel.x.id=44",
        "tunnel.x.port=" + own,
        "tunnel.x.remote=127.0.0.1:" + other);
  }

  private static void launch(JavisorProcess host, String name) throws Exception {
    host.done(
        "launch", "--memory", "128MiB", "--disk", "4MiB", "--network", "lan", "busybox", name);
  }

  @AfterEach
  void nothingIsLeftBehind() throws Exception {
    for (JavisorProcess host : List.of(a, b)) {
      ProcessHandle process = ProcessHandle.of(process(host)).orElseThrow();
      assertThat(host.run("host", "stop").code()).isZero();
      assertThat(process.isAlive()).isFalse();
      assertThat(host.leftovers()).isEmpty();
    }
  }

  private static long process(JavisorProcess host) throws Exception {
    return host.hostProcess().orElseThrow().pid();
  }

  private static String inGuest(JavisorProcess host, String script) throws Exception {
    return host.done("exec", "worker", "--", "sh", "-c", script).text();
  }

  private static List<String> names(JavisorProcess host) throws Exception {
    Path machines = host.home().resolve("machines");
    if (!Files.exists(machines)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(machines)) {
      return folders.map(folder -> folder.getFileName().toString()).sorted().toList();
    }
  }

  /** The witness, which stays, has got all messages in their order by the same connection. */
  private int requireMessages(int atLeast) throws Exception {
    String script = "cat /tmp/messages";
    List<String> messages;
    do {
      messages = a.done("exec", "witness", "--", "sh", "-c", script).text().lines().toList();
    } while (messages.size() <= atLeast + 1);
    int whole = messages.size() - 1;
    assertThat(messages.subList(0, whole))
        .isEqualTo(IntStream.range(0, whole).mapToObj(Integer::toString).toList());
    return whole;
  }

  /** No number is missing, none is there twice, and more of them come. */
  private static int requireCounting(JavisorProcess host, int atLeast) throws Exception {
    List<String> numbers;
    do {
      numbers = inGuest(host, "cat /tmp/numbers").lines().toList();
    } while (numbers.size() <= atLeast + 1);
    int whole = numbers.size() - 1;
    assertThat(numbers.subList(0, whole))
        .isEqualTo(IntStream.range(0, whole).mapToObj(Integer::toString).toList());
    return whole;
  }

  @Test
  void aWorkingMachineMovesTenTimesAndLosesNothing() throws Exception {
    moveBackAndForth(10);
  }

  @Test
  @Tag("long")
  void aWorkingMachineMovesTwoHundredTimesAndLosesNothing() throws Exception {
    moveBackAndForth(200);
  }

  private void moveBackAndForth(int times) throws Exception {
    launch(a, "worker");
    launch(a, "witness");
    a.done(
        "exec",
        "witness",
        "--",
        "sh",
        "-c",
        "(sleep 100000 </dev/null 2>/dev/null | nc -l -p 7000 >/tmp/messages 2>&1 &)");
    inGuest(a, WORK);
    inGuest(a, TALK);
    String address = inGuest(a, "cat /sys/class/net/eth0/address");
    int count = requireCounting(a, 3);
    int messages = requireMessages(3);
    assertThat(a.done("move", "worker", "--to", "b", "--dry-run").words()).contains("lacks");
    JavisorProcess from = a;
    JavisorProcess to = b;
    for (int time = 0; time < times; time++) {
      Outcome moved = from.done("move", "worker", "--to", to.equals(b) ? "b" : "a", "--json");
      JsonNode report = HostClient.JSON.readTree(moved.output());
      JsonNode downtime = report.path("downtime");
      double parts = 0;
      for (String part :
          List.of("pausing", "memory", "disks", "state", "preparing", "committing", "activating")) {
        parts += downtime.path(part + "_ms").asDouble();
      }
      assertThat(downtime.path("total_ms").asDouble())
          .isCloseTo(parts, org.assertj.core.data.Offset.offset(0.1));
      assertThat(report.path("rounds").size()).isPositive();
      assertThat(names(from)).doesNotContain("worker");
      assertThat(names(to)).contains("worker");
      count = requireCounting(to, count);
      messages = requireMessages(messages);
      JavisorProcess next = from;
      from = to;
      to = next;
    }
    assertThat(inGuest(from, "cat /sys/class/net/eth0/address")).isEqualTo(address);
    assertThat(inGuest(from, CHECK)).contains("checked");
    assertThat(inGuest(from, "dmesg")).doesNotContain("stall", "lockup", "I/O error");
    from.done("rm", "--force", "worker");
    a.done("rm", "--force", "witness");
  }

  @Test
  @Tag("long")
  void whoeverIsKilledExactlyOneHostHasTheMachine() throws Exception {
    launch(a, "worker");
    inGuest(a, WORK);
    int count = requireCounting(a, 3);
    // The target dies while memory is copied: the machine runs on where it is.
    Running move = a.start("move", "worker", "--to", "b", "--bandwidth", "8MiB");
    move.waitForWords("pre-copy");
    kill(b);
    Outcome failed = move.end();
    assertThat(failed.code()).as(failed.words()).isEqualTo(ExitCode.FAILED);
    assertThat(failed.words()).contains("was not moved (pre-copy)");
    count = requireCounting(a, count);
    b.done("host", "start", "--listen", address(a, "b"));
    assertThat(names(b)).isEmpty();
    // Ctrl-C calls it off.
    Running cancelled = a.start("move", "worker", "--to", "b", "--bandwidth", "8MiB");
    cancelled.waitForWords("pre-copy");
    cancelled.signal("INT");
    assertThat(cancelled.end().code()).isEqualTo(ExitCode.INTERRUPTED);
    count = requireCounting(a, count);
    // What the machine writes does not get less than what can be sent, and it is not slowed down.
    inGuest(
        a,
        "(while :; do head -c 4194304 /dev/urandom >/tmp/noise; done) >/dev/null 2>&1 </dev/null & echo $! >/tmp/noisy");
    Outcome hopeless =
        a.run(
            "move",
            "worker",
            "--to",
            "b",
            "--bandwidth",
            "20MiB",
            "--max-downtime",
            "1",
            "--max-slowdown",
            "0");
    assertThat(hopeless.code()).isEqualTo(ExitCode.FAILED);
    assertThat(hopeless.words()).contains("MiB of memory a second anew");
    inGuest(a, "kill $(cat /tmp/noisy)");
    // The source dies meanwhile: its machine is its own, and starts again with it.
    Running last = a.start("move", "worker", "--to", "b", "--bandwidth", "8MiB");
    last.waitForWords("pre-copy");
    String listen = address(b, "a");
    kill(a);
    last.end();
    a.done("host", "start", "--listen", listen);
    assertThat(inGuest(a, "echo here")).isEqualTo("here\n");
    while (!names(b).isEmpty()) {
      Thread.sleep(50);
    }
    // And it can still be moved.
    assertThat(a.done("host", "evacuate", "--to", "b").text()).contains("worker runs on b");
    assertThat(names(a)).isEmpty();
    assertThat(inGuest(b, "echo there")).isEqualTo("there\n");
    b.done("rm", "--force", "worker");
  }

  /** Where a host listens, as the other one knows. */
  private static String address(JavisorProcess knows, String peer) throws Exception {
    for (JsonNode one : HostClient.JSON.readTree(knows.done("host", "ls", "--json").output())) {
      if (one.path("name").asString().equals(peer)) {
        return one.path("addresses").path(0).asString();
      }
    }
    throw new AssertionError("no host " + peer);
  }

  private static void kill(JavisorProcess host) throws Exception {
    ProcessHandle process = ProcessHandle.of(process(host)).orElseThrow();
    assertThat(process.destroyForcibly()).isTrue();
    process.onExit().get();
  }
}
