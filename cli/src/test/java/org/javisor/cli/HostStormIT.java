package org.javisor.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
import org.javisor.host.DataFolder;
import org.javisor.host.Host;
import org.javisor.host.ProblemException;
import org.javisor.image.Progress;
import org.javisor.server.HostServer;
import org.javisor.storage.block.LayeredDisk;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The host process is killed while several clients launch, copy, stop, rename, configure, snapshot
 * and delete instances. The next one finds each instance as it was acknowledged to be, or as the
 * request would have made it that was on its way; and the file system on its disk, if it has one,
 * needs no more than the replay of its journal.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class HostStormIT {
  private static final int CLIENTS = 3;
  private static final int MANY = Integer.getInteger("javisor.storm.kills", 100);
  private static final String ORIGINAL = "original";

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

    /** What its instances are made from. */
    final Map<String, Object> source;

    /** They are running copies, made of memory and disk. */
    final boolean copies;

    Optional<Expected> acknowledged = Optional.empty();

    /** What may be instead, for the request that was on its way. */
    List<Optional<Expected>> possible = new ArrayList<>();

    Slot(int number, Map<String, Object> source, boolean copies) {
      prefix = "s" + number;
      this.source = source;
      this.copies = copies;
    }
  }

  @TempDir private Path home;

  private final long seed = Long.getLong("javisor.storm.seed", new Random().nextLong());
  private final Random random = new Random(seed);
  private int numbers;
  private int requests;
  private final Map<String, Integer> done = new TreeMap<>();
  private final List<String> refused = new ArrayList<>();
  private volatile boolean killing;

  @Test
  void sixKillsLoseNothing() throws Exception {
    busybox(6);
  }

  @Test
  @Tag("long")
  void aHundredKillsLoseNothing() throws Exception {
    busybox(MANY);
  }

  @Test
  @Tag("long")
  void aHundredKillsLeaveFileSystemsWhole() throws Exception {
    // Busy from its first moment on, so that each copy of it is.
    String writer =
        "setsid sh -c 'i=0; while :; do i=$((i+1)); head -c 700000 /dev/urandom > /root/f$((i % 9));"
            + " rm -rf /root/d; mkdir /root/d; touch /root/d/$i; sync; done' > /dev/null 2>&1 &";
    storm(MANY, "debian", "384MiB", writer, 3);
  }

  private void busybox(int kills) throws Exception {
    storm(kills, "busybox", "96MiB", "true", 1);
  }

  private void storm(int kills, String image, String memory, String work, int copying)
      throws Exception {
    JavisorProcess javisor = JavisorProcess.withSharedImages(home, image);
    javisor.done("launch", "--memory", memory, image, ORIGINAL);
    javisor.done("exec", ORIGINAL, "--", "sh", "-c", work);
    javisor.done("snapshot", "create", "--stateful", ORIGINAL, "warm");
    javisor.done("stop", "--force", ORIGINAL);
    javisor.done("host", "stop");
    Map<String, Object> copy = Map.of("type", "copy", "source", ORIGINAL + "/warm", "live", true);
    List<Slot> slots = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      boolean copies = i < copying;
      slots.add(new Slot(i, copies ? copy : Map.of("type", "image", "alias", image), copies));
    }
    for (int kill = 0; kill <= kills; kill++) {
      Running host = javisor.start("host", "start", "--foreground");
      try {
        awaitHost(host);
        try (HostClient client = HostClient.at(HostServer.socket(home))) {
          verify(client, slots, "seed " + seed + ", kill " + kill);
        }
        if (kill < kills) {
          // Now and then there is time for what takes long, such as copies of a busy machine.
          meddleUntilKilled(host, slots, kill % 25 == 24 ? 25_000 : 2500);
        }
      } finally {
        kill(host);
      }
      if (!image.equals("busybox")) {
        checkFileSystems("seed " + seed + ", kill " + kill);
      }
    }
    System.out.println(
        "storm: %d kills, %d requests done, %s, seed %d".formatted(kills, requests, done, seed));
    // With three that copy there is nobody left who creates.
    assertThat(done.keySet())
        .contains(copying == CLIENTS ? "copy" : "create", "configure", "start", "stop", "snapshot");
    assertThat(refused).isEmpty();
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

  private void meddleUntilKilled(Running host, List<Slot> slots, int atMostMillis)
      throws Exception {
    killing = false;
    List<Thread> clients = new ArrayList<>();
    for (Slot slot : slots) {
      long own = random.nextLong();
      clients.add(Thread.ofPlatform().start(() -> meddle(slot, new Random(own))));
    }
    Thread.sleep(random.nextInt(atMostMillis)); // The moment is what is random here.
    killing = true;
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
      // Before the process is killed nothing of this is to be refused.
      if (!killing) {
        synchronized (this) {
          refused.add(slot.possible + ": " + e.problem());
        }
      }
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
      boolean on = slot.copies || choice.nextBoolean();
      Expected fresh = new Expected(slot.prefix + "-" + number(), "new", on, Set.of());
      slot.possible.add(Optional.of(fresh));
      slot.possible.add(Optional.of(fresh.with(fresh.name(), "new", false)));
      Map<String, String> config =
          slot.copies
              ? Map.of("user.value", "new")
              : Map.of("user.value", "new", "limits.memory", "96MiB");
      client.run(
          "POST",
          "/1.0/instances",
          HostClient.object(
              "name",
              fresh.name(),
              "type",
              "virtual-machine",
              "start",
              fresh.on(),
              "config",
              config,
              "source",
              slot.source));
      count(slot.copies ? "copy" : "create");
      return Optional.of(fresh);
    }
    Expected now = slot.acknowledged.get();
    String path = "/1.0/instances/" + now.name();
    int what = choice.nextInt(now.on() ? 3 : 5);
    Optional<Expected> after = step(client, slot, now, path, what);
    count(
        switch (what) {
          case 0 -> "configure";
          case 1 -> now.on() ? "stop" : "start";
          case 2 -> now.on() ? "stateful snapshot" : "snapshot";
          case 3 -> "rename";
          default -> "delete";
        });
    return after;
  }

  private synchronized void count(String what) {
    done.merge(what, 1, Integer::sum);
  }

  private Optional<Expected> step(HostClient client, Slot slot, Expected now, String path, int what)
      throws InterruptedException {
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
    assertThat(found.get(ORIGINAL)).as(when).isNotNull();
    known.add(ORIGINAL);
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

  /** The disks as the killed process has left them, on copies. */
  private void checkFileSystems(String when) throws Exception {
    Host host = new Host(DataFolder.open(home), Map.of(), Optional.empty(), Progress.NONE);
    Path copy = home.resolve("copy.raw");
    for (String name : names(home.resolve("machines"))) {
      if (name.startsWith(".")) {
        continue; // Half made or half removed, and swept away at the next start.
      }
      host.withDisk(name, disk -> copy(disk, copy));
      // The journal is replayed, as the guest's kernel would; then nothing may be wrong.
      run("e2fsck", "-p", copy.toString());
      assertThat(run("e2fsck", "-fn", copy.toString())).as(when + ": " + name).isEqualTo("0");
    }
    Files.deleteIfExists(copy);
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String words = new String(process.getInputStream().readAllBytes(), UTF_8);
    int code = process.waitFor();
    return code == 0 ? "0" : code + ": " + words;
  }

  private static void copy(LayeredDisk disk, Path to) throws IOException {
    Files.deleteIfExists(to);
    int part = 1 << 20;
    ByteBuffer buffer = ByteBuffer.allocate(part);
    try (FileChannel file =
        FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (long at = disk.nextContents(0);
          at < disk.size();
          at = disk.nextContents(at + buffer.limit())) {
        buffer.clear().limit((int) Math.min(part, disk.size() - at));
        disk.read(at, buffer);
        file.write(buffer.flip(), at);
      }
      if (file.size() < disk.size()) {
        file.write(ByteBuffer.allocate(1), disk.size() - 1);
      }
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
