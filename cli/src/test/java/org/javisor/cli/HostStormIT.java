package org.javisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.javisor.cli.JavisorProcess.Running;
import org.javisor.cli.client.HostClient;
import org.javisor.host.ProblemException;
import org.javisor.server.HostServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The host process is killed while several clients launch, stop, rename, configure, snapshot and
 * delete instances. The next one finds each instance as it was acknowledged to be, or as the
 * request would have made it that was on its way.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class HostStormIT {
  private static final int CLIENTS = 3;

  /** How an instance is, or is to be; none where there is no instance. */
  private record Expected(String name, String value, boolean on, Set<String> snapshots) {
    Expected with(String otherName, String otherValue, boolean otherOn) {
      return new Expected(otherName, otherValue, otherOn, snapshots);
    }

    Expected withSnapshot(String snapshot) {
      Set<String> more = new TreeSet<>(snapshots);
      more.add(snapshot);
      return new Expected(name, value, on, more);
    }
  }

  /** What one client knows of its one instance. */
  private static final class Slot {
    final String prefix;
    Optional<Expected> acknowledged = Optional.empty();

    /** What may be instead, for the request that was on its way. */
    List<Optional<Expected>> possible = new ArrayList<>();

    Slot(int number) {
      prefix = "s" + number;
    }
  }

  @TempDir private Path home;

  private final long seed = Long.getLong("javisor.storm.seed", new Random().nextLong());
  private final Random random = new Random(seed);
  private int numbers;
  private int requests;

  @Test
  void tenKillsLoseNothing() throws Exception {
    storm(10);
  }

  @Test
  @Tag("long")
  void aHundredKillsLoseNothing() throws Exception {
    storm(100);
  }

  private void storm(int kills) throws Exception {
    JavisorProcess images = JavisorProcess.withSharedImages();
    assertThat(images.run("run", "busybox", "--", "true").code()).isZero();
    Files.createSymbolicLink(home.resolve("images"), images.home().resolve("images"));
    JavisorProcess javisor = new JavisorProcess(home);
    List<Slot> slots = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      slots.add(new Slot(i));
    }
    for (int kill = 0; kill <= kills; kill++) {
      Running host = javisor.start("host", "start", "--foreground");
      try {
        awaitHost(host);
        try (HostClient client = HostClient.at(HostServer.socket(home))) {
          verify(client, slots, "seed " + seed + ", kill " + kill);
        }
        if (kill < kills) {
          meddleUntilKilled(host, slots);
        }
      } finally {
        kill(host);
      }
    }
    System.out.println("storm: " + kills + " kills, " + requests + " requests, seed " + seed);
    assertThat(requests).isPositive();
  }

  private void awaitHost(Running host) throws Exception {
    while (!HostServer.isRunning(home)) {
      assertThat(host.process().isAlive()).as(host.words()).isTrue();
      Thread.sleep(10);
    }
    // It answers before all instances that were on have been started again.
    host.waitForWords("serving ");
  }

  private static void kill(Running host) throws InterruptedException {
    host.process().destroyForcibly();
    host.process().waitFor();
  }

  private void meddleUntilKilled(Running host, List<Slot> slots) throws Exception {
    List<Thread> clients = new ArrayList<>();
    for (Slot slot : slots) {
      long own = random.nextLong();
      clients.add(Thread.ofPlatform().start(() -> meddle(slot, new Random(own))));
    }
    Thread.sleep(random.nextInt(2500)); // The moment is what is random here.
    kill(host);
    for (Thread client : clients) {
      client.join();
    }
  }

  private void meddle(Slot slot, Random choice) {
    try (HostClient client = HostClient.at(HostServer.socket(home))) {
      while (true) {
        Optional<Expected> before = slot.acknowledged;
        slot.possible = new ArrayList<>(List.of(before));
        Optional<Expected> after = step(client, slot, choice);
        slot.acknowledged = after;
        slot.possible = new ArrayList<>(List.of(after));
        synchronized (this) {
          requests++;
        }
      }
    } catch (ProblemException e) {
      // The process has been killed, or a request has been refused: verify() says which.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized int number() {
    return numbers++;
  }

  /** One request; how the instance is once it has been acknowledged. */
  private Optional<Expected> step(HostClient client, Slot slot, Random choice)
      throws InterruptedException {
    if (slot.acknowledged.isEmpty()) {
      Expected fresh =
          new Expected(slot.prefix + "-" + number(), "new", choice.nextBoolean(), Set.of());
      slot.possible.add(Optional.of(fresh));
      slot.possible.add(Optional.of(fresh.with(fresh.name(), "new", false)));
      client.run(
          "POST",
          "/1.0/instances",
          HostClient.object(
              "name", fresh.name(),
              "type", "virtual-machine",
              "start", fresh.on(),
              "config", Map.of("user.value", "new", "limits.memory", "64MiB"),
              "source", Map.of("type", "image", "alias", "busybox")));
      return Optional.of(fresh);
    }
    Expected now = slot.acknowledged.get();
    String path = "/1.0/instances/" + now.name();
    int what = choice.nextInt(now.on() ? 3 : 5);
    return switch (what) {
      case 0 -> {
        Expected next = now.with(now.name(), "v" + number(), now.on());
        slot.possible.add(Optional.of(next));
        client.run("PATCH", path, HostClient.object("config", Map.of("user.value", next.value())));
        yield Optional.of(next);
      }
      case 1 -> {
        Expected next = now.with(now.name(), now.value(), !now.on());
        slot.possible.add(Optional.of(next));
        client.run(
            "PUT",
            path + "/state",
            HostClient.object("action", now.on() ? "stop" : "start", "force", true, "timeout", 0));
        yield Optional.of(next);
      }
      case 2 -> {
        Expected next = now.withSnapshot("snap" + number());
        String snapshot =
            next.snapshots().stream().filter(one -> !now.snapshots().contains(one)).findAny().get();
        slot.possible.add(Optional.of(next));
        client.run(
            "POST", path + "/snapshots", HostClient.object("name", snapshot, "stateful", now.on()));
        yield Optional.of(next);
      }
      case 3 -> {
        Expected next = now.with(slot.prefix + "-" + number(), now.value(), now.on());
        slot.possible.add(Optional.of(next));
        client.run("POST", path, HostClient.object("name", next.name()));
        yield Optional.of(next);
      }
      default -> {
        slot.possible.add(Optional.empty());
        client.run("DELETE", path, null);
        yield Optional.empty();
      }
    };
  }

  /** The store is as it was acknowledged, and its folders hold nothing else. */
  private void verify(HostClient client, List<Slot> slots, String when) throws Exception {
    Map<String, Expected> found = new TreeMap<>();
    for (JsonNode one : client.get("/1.0/instances?recursion=2")) {
      String name = one.path("name").asString();
      Set<String> snapshots = new TreeSet<>();
      for (JsonNode snapshot : client.get("/1.0/instances/" + name + "/snapshots?recursion=1")) {
        snapshots.add(snapshot.path("name").asString().replaceFirst(".*/", ""));
      }
      found.put(
          name,
          new Expected(
              name,
              one.path("config").path("user.value").asString(),
              one.path("status").asString().equals("Running"),
              snapshots));
    }
    Set<String> known = new HashSet<>();
    for (Slot slot : slots) {
      List<Optional<Expected>> possible =
          slot.possible.isEmpty() ? List.of(Optional.empty()) : slot.possible;
      Optional<Expected> actual =
          found.values().stream().filter(one -> one.name().startsWith(slot.prefix + "-")).findAny();
      assertThat(possible).as("%s: %s", when, slot.prefix).contains(actual);
      slot.acknowledged = actual;
      slot.possible = new ArrayList<>(List.of(actual));
      actual.ifPresent(one -> known.add(one.name()));
    }
    assertThat(found.keySet()).as(when).isEqualTo(known);
    assertThat(names(home.resolve("machines"))).as(when).isEqualTo(known);
    assertThat(names(home.resolve("throwaway"))).as(when).isEmpty();
    try (Stream<Path> files = Files.walk(home.resolve("machines"))) {
      assertThat(files.map(file -> String.valueOf(file.getFileName())))
          .as(when)
          .noneMatch(name -> name.endsWith(".new") || name.startsWith("."));
    } catch (NoSuchFileException e) {
      assertThat(known).as(when).isEmpty();
    }
  }

  private static Set<String> names(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return Set.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      Set<String> names = new TreeSet<>();
      files.forEach(file -> names.add(String.valueOf(file.getFileName())));
      return names;
    }
  }
}
