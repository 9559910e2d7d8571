package org.javisor.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.javisor.cli.JavisorProcess.Outcome;
import org.javisor.cli.client.HostClient;
import org.javisor.host.ProblemException;
import org.javisor.host.handover.HandOverLink;
import org.javisor.host.handover.HandOverMessage;
import org.javisor.host.handover.MachineTransfer;
import org.javisor.server.HostServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The host process is replaced while its machines run. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class HandOverIT {
  /** Numbers in a file, one after the other. */
  private static final String COUNTER =
      "(i=0; while :; do echo $i; i=$((i+1)); sleep 0.05; done) >/tmp/numbers 2>&1 </dev/null &";

  @TempDir private Path home;
  @TempDir private Path folder;
  private JavisorProcess javisor;

  @BeforeEach
  void open() throws Exception {
    javisor = JavisorProcess.withSharedImages(home, "busybox");
  }

  @AfterEach
  void nothingIsLeftBehind() throws Exception {
    ProcessHandle host = ProcessHandle.of(process()).orElseThrow();
    assertThat(javisor.run("host", "stop").code()).isZero();
    assertThat(host.isAlive()).isFalse();
    assertThat(home.resolve("host").resolve("socket")).doesNotExist();
    assertThat(home.resolve("host").resolve("handover")).doesNotExist();
    assertThat(javisor.leftovers()).isEmpty();
  }

  private long process() throws Exception {
    return javisor.hostProcess().orElseThrow().pid();
  }

  private Outcome done(String... arguments) throws Exception {
    return javisor.done(arguments);
  }

  private String inGuest(String machine, String script) throws Exception {
    return done("exec", machine, "--", "sh", "-c", script).text();
  }

  /** All numbers are there, and more of them come. */
  private int requireCounting(String machine, int atLeast) throws Exception {
    List<String> numbers;
    do {
      numbers = inGuest(machine, "cat /tmp/numbers").lines().toList();
    } while (numbers.size() <= atLeast);
    // The last one may be half written.
    int whole = numbers.size() - 1;
    assertThat(numbers.subList(0, whole))
        .isEqualTo(IntStream.range(0, whole).mapToObj(Integer::toString).toList());
    return whole;
  }

  private static int uptime(String text) {
    return Integer.parseInt(text.substring(0, text.indexOf('.')));
  }

  @Test
  void machinesGoOnInTheNextProcess() throws Exception {
    goOn(1);
  }

  @Test
  @Tag("long")
  void machinesGoOnInTheNextProcessesOneAfterTheOther() throws Exception {
    goOn(3);
  }

  private void goOn(int processes) throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    boolean uplink = Files.isExecutable(Path.of("/usr/bin/passt"));
    Path file = folder.resolve("cluster.yaml");
    Files.writeString(
        file,
        """
        name: shop
        network: { subnet: 10.43.0.0/24, uplink: %s }
        machines:
          web:
            image: busybox
            memory: 128MiB
            ports: [%s]
            run: mkdir -p /srv && hostname > /srv/index.html && httpd -h /srv
          base: { image: busybox, memory: 128MiB }
        """
            .formatted(uplink, uplink ? "'" + port + ":80'" : ""));
    done("up", file.toString());
    inGuest("web", COUNTER);
    inGuest("base", COUNTER);
    done("snapshot", "create", "--stateful", "base", "warm");
    done("clone", "base/warm", "copy");
    Path seed = Files.writeString(folder.resolve("user-data"), "#cloud-config\n");
    String seeded = seed.toString();
    done("launch", "--memory", "128MiB", "--cloud-init", seeded, "busybox", "frozen");
    // What is said to it now is for its next start: it goes on with the disk it has.
    done("config", "set", "frozen", "cloud-init.user-data=");
    inGuest("frozen", COUNTER);
    done("pause", "frozen");
    inGuest("copy", "ping web >/tmp/pings 2>&1 </dev/null &");
    int web = requireCounting("web", 3);
    int copy = requireCounting("copy", 3);
    int up = uptime(inGuest("web", "cat /proc/uptime"));

    for (int time = 0; time < processes; time++) {
      long before = process();
      Outcome upgrade = done("host", "upgrade");
      assertThat(upgrade.text()).contains("web stood still", "copy stood still");
      assertThat(process()).isNotEqualTo(before);
      assertThat(ProcessHandle.of(before).map(ProcessHandle::isAlive).orElse(false)).isFalse();

      web = requireCounting("web", web + 5);
      copy = requireCounting("copy", copy + 5);
      int now = uptime(inGuest("web", "cat /proc/uptime"));
      assertThat(now).isGreaterThanOrEqualTo(up);
      up = now;
      assertThat(inGuest("copy", "wget -q -O - http://web/")).isEqualTo("web\n");
      assertThat(inGuest("copy", "tail -n 1 /tmp/pings")).contains("bytes from");
      if (uplink) {
        try (InputStream page = URI.create("http://127.0.0.1:" + port + "/").toURL().openStream()) {
          assertThat(new String(page.readAllBytes(), UTF_8)).isEqualTo("web\n");
        }
      }
      assertThat(done("ps").text()).containsPattern("frozen +(paused|frozen)");
    }
    done("resume", "frozen");
    requireCounting("frozen", 3);
    // A machine that was handed over resets, is snapshotted and is cloned as any other one.
    done("snapshot", "create", "--stateful", "copy", "later");
    done("clone", "copy/later", "second");
    requireCounting("second", copy);
    // The new process's death is a crash of the host process as any other one.
    ProcessHandle killed = ProcessHandle.of(process()).orElseThrow();
    assertThat(killed.destroyForcibly()).isTrue();
    killed.onExit().get();
    done("host", "start");
    assertThat(inGuest("web", "hostname")).isEqualTo("web\n");
  }

  @Test
  @Tag("long")
  void machinesRunOnWhereTheyAreIfTheNewProcessFails() throws Exception {
    done("launch", "--memory", "128MiB", "busybox", "one");
    inGuest("one", COUNTER);
    int count = requireCounting("one", 3);
    long before = process();
    for (Failure failure : Failure.values()) {
      CompletableFuture<Void> newProcess = CompletableFuture.runAsync(() -> fail(failure));
      Path socket = HandOverLink.socket(home);
      while (!Files.exists(socket)) {
        Thread.sleep(5);
      }
      String refused = refusal();
      newProcess.get();
      assertThat(refused).as("%s", failure).contains("were not handed over");
      if (failure == Failure.REFUSES) {
        assertThat(refused).contains("of another version");
      }
      assertThat(process()).isEqualTo(before);
      count = requireCounting("one", count + 3);
      inGuest("one", "sync");
    }
    // And it can still be replaced.
    done("host", "upgrade");
    assertThat(process()).isNotEqualTo(before);
    requireCounting("one", count + 3);
  }

  /** What the old process says when it is to hand over. */
  private String refusal() throws InterruptedException {
    try (HostClient client = HostClient.at(HostServer.socket(home))) {
      client.call("POST", "/1.0/host/handover", null);
      return "";
    } catch (ProblemException e) {
      return e.problem().toString();
    }
  }

  private enum Failure {
    ENDS_AT_ONCE,
    ENDS_WITH_THE_FIRST_MACHINE,
    REFUSES
  }

  /** What the old process sees of a new one that fails. */
  private void fail(Failure failure) {
    try (HandOverLink link =
        HandOverLink.accept(HandOverLink.socket(home), Duration.ofMinutes(1))) {
      assertThat(link.receive()).isInstanceOf(HandOverMessage.Greeting.class);
      if (failure == Failure.ENDS_AT_ONCE) {
        return;
      }
      link.send(new HandOverMessage.Ready(ProcessHandle.current().pid()));
      assertThat(link.receive()).isInstanceOf(MachineTransfer.class);
      if (failure == Failure.ENDS_WITH_THE_FIRST_MACHINE) {
        return;
      }
      assertThat(link.receive()).isInstanceOf(HandOverMessage.Complete.class);
      link.send(new HandOverMessage.Refused("the state is of another version"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
