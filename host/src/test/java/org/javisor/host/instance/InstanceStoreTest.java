package org.javisor.host.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.javisor.host.DataFolder;
import org.javisor.host.Host;
import org.javisor.host.KeptMachine;
import org.javisor.host.MachineFolder;
import org.javisor.host.ProblemException;
import org.javisor.image.Progress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Instances of real machines with kernels of a few instructions. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class InstanceStoreTest {
  @TempDir private Path folder;

  private final List<String> events = new CopyOnWriteArrayList<>();
  private DataFolder data;
  private InstanceStore store;

  @BeforeEach
  void open() throws Exception {
    data = DataFolder.open(folder.resolve("data"));
    store = reopened();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private InstanceStore reopened() throws Exception {
    InstanceStore opened =
        new InstanceStore(new Host(data, Map.of(), Optional.empty(), Progress.NONE), data);
    opened.listen(event -> events.add(event.action() + " " + event.instance()));
    return opened;
  }

  private void restartHost() throws Exception {
    store.close();
    store = reopened();
    store.startAll();
  }

  private HostedInstance create(String name, int[] kernel, String... keys) throws Exception {
    InstanceConfig config = InstanceConfig.of(Instant.now());
    for (int i = 0; i < keys.length; i += 2) {
      config = config.with(keys[i], keys[i + 1]);
    }
    return store.create(name, machine(kernel), config);
  }

  private KeptMachine machine(int[] kernel) throws Exception {
    return TinyKernel.machine(folder, kernel);
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      Thread.sleep(5);
    }
  }

  private List<String> kept() throws Exception {
    try (Stream<Path> folders = Files.list(data.machines())) {
      return folders.map(one -> String.valueOf(one.getFileName())).sorted().toList();
    }
  }

  @Test
  void aLifeFromCreationToDeletion() throws Exception {
    HostedInstance instance = create("web", TinyKernel.BUSY);
    assertThat(instance.status()).isEqualTo(InstanceStatus.STOPPED);
    instance.start();
    assertThat(instance.status()).isEqualTo(InstanceStatus.RUNNING);
    instance.pause();
    assertThat(instance.status()).isEqualTo(InstanceStatus.FROZEN);
    instance.resume();
    instance.powerOff();
    assertThat(instance.status()).isEqualTo(InstanceStatus.STOPPED);
    HostedInstance renamed = store.rename(instance, "shop");
    store.delete(renamed);
    assertThat(store.all()).isEmpty();
    assertThat(kept()).isEmpty();
    assertThat(events)
        .containsExactly(
            "instance-created web",
            "instance-started web",
            "instance-paused web",
            "instance-resumed web",
            "instance-stopped web",
            "instance-renamed shop",
            "instance-deleted shop");
  }

  @Test
  void whatAnInstanceCannotDoIsRefusedAndChangesNothing() throws Exception {
    HostedInstance instance = create("web", TinyKernel.IDLE);
    assertThatThrownBy(instance::powerOff).hasMessageContaining("web is not running");
    assertThatThrownBy(instance::pause).hasMessageContaining("web is not running");
    instance.start();
    assertThatThrownBy(instance::start).hasMessageContaining("already running");
    assertThatThrownBy(instance::resume).hasMessageContaining("is running");
    assertThatThrownBy(() -> store.delete(instance)).hasMessageContaining("stop it first");
    assertThatThrownBy(() -> store.rename(instance, "b")).hasMessageContaining("stop it first");
    assertThatThrownBy(() -> create("web", TinyKernel.IDLE)).hasMessageContaining("already");
    assertThatThrownBy(() -> instance.update(config -> config.with("limits.cpu", "99")))
        .hasMessageContaining("99 cpus");
    assertThat(instance.config().config()).doesNotContainKey("limits.cpu");
    assertThat(instance.status()).isEqualTo(InstanceStatus.RUNNING);
  }

  @Test
  void aStartForWhichThereIsNoRoomIsRefusedAndChangesNothing() throws Exception {
    store.configuration().update(config -> Map.of("javisor.machines.max", "1"));
    HostedInstance one = create("one", TinyKernel.IDLE);
    HostedInstance two = create("two", TinyKernel.IDLE);
    one.start();
    assertThatThrownBy(two::start)
        .hasMessageContaining("no room for two")
        .hasMessageContaining("javisor.machines.max");
    assertThat(two.status()).isEqualTo(InstanceStatus.STOPPED);
    assertThat(two.config().powered()).isFalse();
    one.powerOff();
    two.start();
    two.powerOff();
    one.start();
  }

  @Test
  void whatIsSaidToCloudInitIsOnADiskThatOnlyTheGuestReads() throws Exception {
    HostedInstance instance =
        create("web", TinyKernel.IDLE, "cloud-init.user-data", "#cloud-config\n");
    Path seed = instance.folder().resolve(Host.SEED_FILE);
    instance.start();
    assertThat(instance.requireMachine().blockDevices()).hasSize(1);
    assertThat(instance.requireMachine().rootDisk()).isEmpty();
    byte[] first = Files.readAllBytes(seed);
    instance.takeSnapshot("warm", true, Optional.empty());
    instance.powerOff();
    InstanceConfig same = InstanceConfig.of(Instant.now()).with("cloud-init.user-data", "#x");
    store.copy(instance, "warm", "copy", same, true).powerOff();
    instance.start();
    assertThat(seed).hasBinaryContent(first);
    instance.powerOff();
    instance.update(config -> config.with("cloud-init.user-data", "#cloud-config\nusers: []\n"));
    instance.start();
    assertThat(Files.readAllBytes(seed)).isNotEqualTo(first);
    instance.powerOff();
    instance.update(config -> config.with("cloud-init.user-data", ""));
    instance.start();
    assertThat(seed).doesNotExist();
    assertThat(instance.requireMachine().blockDevices()).isEmpty();
  }

  @Test
  void anInstanceThatIsGoneStaysGone() throws Exception {
    HostedInstance old = create("web", TinyKernel.IDLE);
    store.rename(old, "shop");
    assertThatThrownBy(old::start).hasMessageContaining("there is no instance web");
    assertThatThrownBy(() -> old.update(config -> config.with("user.a", "b")))
        .hasMessageContaining("there is no instance web");
    assertThat(kept()).containsExactly("shop");
  }

  @Test
  void whatWasOnIsOnAgainAndWhatWasOffIsNot() throws Exception {
    create("on", TinyKernel.IDLE).start();
    HostedInstance off = create("off", TinyKernel.IDLE);
    off.start();
    off.powerOff();
    HostedInstance paused = create("paused", TinyKernel.IDLE);
    paused.start();
    paused.pause();
    create("always", TinyKernel.IDLE, "boot.autostart", "true");
    create("never", TinyKernel.IDLE, "boot.autostart", "false").start();
    create("faithful", TinyKernel.IDLE, "javisor.restart", "always");
    restartHost();
    assertThat(store.all())
        .filteredOn(one -> one.status() == InstanceStatus.RUNNING)
        .extracting(HostedInstance::name)
        .containsExactly("always", "faithful", "on", "paused");
  }

  @Test
  void instancesStartByTheirPriority() throws Exception {
    create("a", TinyKernel.IDLE, "boot.autostart", "true");
    create("b", TinyKernel.IDLE, "boot.autostart", "true", "boot.autostart.priority", "10");
    create("c", TinyKernel.IDLE, "boot.autostart", "true", "boot.autostart.priority", "5");
    events.clear();
    restartHost();
    assertThat(events)
        .containsExactly("instance-started b", "instance-started c", "instance-started a");
  }

  @Test
  void aGuestThatShutsDownLeavesTheInstanceOff() throws Exception {
    HostedInstance instance = create("web", TinyKernel.SHUTDOWN);
    instance.start();
    await(() -> instance.status() == InstanceStatus.STOPPED && !instance.config().powered());
    restartHost();
    assertThat(store.get("web").status()).isEqualTo(InstanceStatus.STOPPED);
  }

  @Test
  void aGuestThatFailsIsStartedAgainUntilSomebodyStopsIt() throws Exception {
    HostedInstance instance = create("web", TinyKernel.FAILURE, "javisor.restart", "on-failure");
    instance.start();
    await(() -> events.stream().filter("instance-started web"::equals).count() >= 4);
    assertThat(instance.config().powered()).isTrue();
    instance.powerOff();
    assertThat(instance.config().powered()).isFalse();
    int seen = events.size();
    restartHost();
    assertThat(events.subList(seen, events.size())).isEmpty();
  }

  @Test
  void aGuestThatShutsDownInOrderIsNotStartedAgainForAFailure() throws Exception {
    HostedInstance instance = create("web", TinyKernel.SHUTDOWN, "javisor.restart", "on-failure");
    instance.start();
    await(() -> !instance.config().powered());
    assertThat(events).filteredOn("instance-started web"::equals).hasSize(1);
  }

  @Test
  void anInstanceThatWaitsForItsRestartCanBeDeleted() throws Exception {
    HostedInstance instance = create("web", TinyKernel.SHUTDOWN, "javisor.restart", "always");
    instance.start();
    await(() -> events.stream().filter("instance-shutdown web"::equals).count() >= 3);
    while (store.find("web").isPresent()) {
      try {
        store.delete(instance);
      } catch (ProblemException e) {
        assertThat(e).hasMessageContaining("stop it first"); // It was on for a moment.
      }
    }
    assertThat(kept()).isEmpty();
  }

  @Test
  void anEphemeralInstanceIsGoneWhenItStops() throws Exception {
    InstanceConfig config =
        new InstanceConfig(
            1, "", true, Instant.now(), Map.of(), Map.of(), List.of("default"), false);
    store.create("one", machine(TinyKernel.SHUTDOWN), config).start();
    store.create("two", machine(TinyKernel.IDLE), config).start();
    store.get("two").powerOff();
    await(() -> store.all().isEmpty());
    assertThat(kept()).isEmpty();
  }

  @Test
  void ofManyWhoWantOneNameOneGetsIt() throws Exception {
    HostedInstance other = create("other", TinyKernel.IDLE);
    KeptMachine machine = machine(TinyKernel.IDLE);
    AtomicInteger got = new AtomicInteger();
    CountDownLatch go = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      boolean rename = i == 3;
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      go.await();
                      if (rename) {
                        store.rename(other, "web");
                      } else {
                        store.create("web", machine, InstanceConfig.of(Instant.now()));
                      }
                      got.incrementAndGet();
                    } catch (ProblemException e) {
                      assertThat(e).hasMessageContaining("already");
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  }));
    }
    go.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(got).hasValue(1);
    assertThat(kept()).containsExactlyElementsOf(namesInStore());
  }

  private List<String> namesInStore() {
    return store.all().stream().map(HostedInstance::name).toList();
  }

  @Test
  void startStopRenameAndDeleteAtOnceLeaveTheStoreAsTheFoldersAre() throws Exception {
    create("a", TinyKernel.IDLE);
    List<Thread> threads = new ArrayList<>();
    List<Throwable> bugs = new CopyOnWriteArrayList<>();
    for (int i = 0; i < 8; i++) {
      int number = i;
      threads.add(Thread.ofPlatform().start(() -> meddle(number, bugs)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(bugs).isEmpty();
    List<String> names = namesInStore();
    assertThat(kept()).containsExactlyElementsOf(names);
    List<String> on =
        store.all().stream().filter(one -> one.status().isOn()).map(HostedInstance::name).toList();
    restartHost();
    assertThat(namesInStore()).isEqualTo(names);
    assertThat(store.all())
        .filteredOn(one -> one.status().isOn())
        .extracting(HostedInstance::name)
        .isEqualTo(on);
  }

  /** Does one thing after another to whatever instance there is, as several people would. */
  private void meddle(int number, List<Throwable> bugs) {
    for (int i = 0; i < 25; i++) {
      try {
        HostedInstance any = store.all().stream().findAny().orElse(null);
        switch (any == null ? 5 : (number + i) % 6) {
          case 0 -> any.start();
          case 1 -> any.powerOff();
          case 2 -> store.rename(any, any.name().equals("a") ? "b" : "a");
          case 3 -> any.update(config -> config.with("user.a", "b"));
          case 4 -> store.delete(any);
          default -> create("a", TinyKernel.IDLE);
        }
      } catch (ProblemException e) {
        // What cannot be done is refused.
      } catch (Throwable e) {
        bugs.add(e);
      }
    }
  }

  @Test
  void anInstanceWhoseFileIsDamagedIsShownAndCanBeDeleted() throws Exception {
    create("broken", TinyKernel.IDLE).update(config -> config.with("user.a", "b"));
    create("sound", TinyKernel.IDLE).start();
    Files.writeString(data.machines().resolve("broken/instance.json"), "{\"version\": 1, ");
    restartHost();
    HostedInstance broken = store.get("broken");
    assertThat(broken.status()).isEqualTo(InstanceStatus.ERROR);
    assertThat(store.get("sound").status()).isEqualTo(InstanceStatus.RUNNING);
    assertThatThrownBy(broken::start).hasMessageContaining("instance.json");
    store.delete(broken);
    assertThat(kept()).containsExactly("sound");
  }

  @Test
  void nothingStartsOnceTheHostEnds() throws Exception {
    HostedInstance instance = create("web", TinyKernel.IDLE);
    store.close();
    assertThatThrownBy(instance::start).hasMessageContaining("the host process ends");
  }

  @Test
  void leftoversOfAKilledProcessAreRemoved() throws Exception {
    create("web", TinyKernel.IDLE);
    store.close();
    Path web = data.machines().resolve("web");
    Files.writeString(web.resolve("instance.json.new"), "{");
    Files.createDirectories(data.machines().resolve(".new-1"));
    Files.writeString(data.machines().resolve(".new-1/disk"), "x");
    Files.createDirectories(data.machines().resolve(".gone-web-1/snapshots"));
    Path hollow = Files.createDirectories(data.machines().resolve("hollow"));
    Files.writeString(hollow.resolve("machine.properties.new"), "x");
    Files.writeString(hollow.resolve("lock"), "");
    data = DataFolder.open(data.root());
    store = reopened();
    assertThat(kept()).containsExactly("web");
    assertThat(web.resolve("instance.json.new")).doesNotExist();
    create("hollow", TinyKernel.IDLE);
  }

  @Test
  void aHollowFolderGivesItsNameAwayOnlyWhenNobodyHoldsIt() throws Exception {
    MachineFolder held = data.named("web");
    assertThatThrownBy(() -> create("web", TinyKernel.IDLE)).hasMessageContaining("already");
    held.close();
    create("web", TinyKernel.IDLE);
    assertThat(kept()).containsExactly("web");
  }
}
