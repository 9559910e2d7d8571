package org.javisor.host.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.javisor.host.DataFolder;
import org.javisor.host.Host;
import org.javisor.image.Progress;
import org.javisor.virtio.block.IoLimits;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a change of configuration does to a machine that is on, or off. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RunningChangeTest {
  private static final long MIB = 1L << 20;

  @TempDir private Path folder;
  private Host host;
  private InstanceStore store;
  private HostedInstance instance;

  @BeforeEach
  void open() throws Exception {
    DataFolder data = DataFolder.open(folder.resolve("data"));
    host = new Host(data, Map.of(), Optional.empty(), Progress.NONE);
    store = new InstanceStore(host, data);
    instance =
        store.create(
            "web",
            TinyKernel.machine(folder, TinyKernel.IDLE),
            withRoot(InstanceConfig.of(Instant.now()), "size", "16MiB", "limits.read", "10MB"));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static InstanceConfig withRoot(InstanceConfig config, String... keysAndValues) {
    Map<String, Map<String, String>> devices = new HashMap<>(config.devices());
    Map<String, String> root =
        new HashMap<>(devices.getOrDefault("root", Map.of("type", "disk", "path", "/")));
    for (int i = 0; i < keysAndValues.length; i += 2) {
      root.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    devices.put("root", root);
    return config.withDevices(devices);
  }

  private void change(String... keysAndValues) throws Exception {
    instance.update(config -> withRoot(config, keysAndValues));
  }

  private IoLimits limits() {
    return instance.requireMachine().rootDisk().orElseThrow().limiter().limits();
  }

  private long diskSize() {
    return instance.requireMachine().layeredDisk().orElseThrow().size();
  }

  @Test
  void ratesOfTheDiskHoldFromTheStartAndChangeAtOnce() throws Exception {
    instance.start();
    assertThat(limits()).isEqualTo(new IoLimits(10_000_000, 0, 0, 0, IoLimits.NONE.burst()));
    change("limits.write", "500iops");
    assertThat(limits()).isEqualTo(new IoLimits(10_000_000, 0, 0, 500, IoLimits.NONE.burst()));
    change("limits.max", "1MiB");
    assertThat(limits()).isEqualTo(new IoLimits(MIB, 0, MIB, 0, IoLimits.NONE.burst()));
    change("limits.max", "", "limits.read", "", "limits.write", "");
    assertThat(limits()).isEqualTo(IoLimits.NONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fast", "0", "0iops", "-1iops", "1e9iops", "10 iops"})
  void aRateThatIsNoneIsRefused(String rate) {
    assertThatThrownBy(() -> change("limits.max", rate))
        .hasMessageContaining("limits.max of a disk cannot be '" + rate + "'")
        .hasMessageContaining("500iops");
    assertThat(instance.config().expandedDevices().get("root")).doesNotContainKey("limits.max");
  }

  @Test
  void theDiskOfARunningMachineGrowsAtOnceAndDoesNotShrink() throws Exception {
    instance.start();
    change("size", "32MiB");
    assertThat(diskSize()).isEqualTo(32 * MIB);
    assertThatThrownBy(() -> change("size", "8MiB"))
        .hasMessageContaining("cannot shrink to 8 MiB")
        .hasMessageContaining("at least 32 MiB");
    assertThat(diskSize()).isEqualTo(32 * MIB);
    assertThat(instance.config().devices().get("root")).containsEntry("size", "32MiB");
  }

  @Test
  void theDiskOfAMachineThatIsOffGrowsAndDoesNotShrink() throws Exception {
    instance.start();
    instance.powerOff();
    change("size", "32MiB");
    host.withDisk("web", disk -> assertThat(disk.size()).isEqualTo(32 * MIB));
    assertThatThrownBy(() -> change("size", "8MiB")).hasMessageContaining("cannot shrink");
    instance.start();
    assertThat(diskSize()).isEqualTo(32 * MIB);
  }

  @Test
  void memoryUpToWhatItWasStartedWithIsTheBalloons() throws Exception {
    instance.update(config -> config.with("limits.memory", "96MiB"));
    instance.start();
    long has = instance.requireMachine().memorySize();
    assertThat(has).isEqualTo(96 * MIB);
    assertThat(instance.update(config -> config.with("limits.memory", "80MiB"))).isEmpty();
    assertThat(instance.requireMachine().balloon().orElseThrow().target()).isEqualTo(16 * MIB);
    assertThat(instance.update(config -> config.with("limits.memory", "96MiB"))).isEmpty();
    assertThat(instance.requireMachine().balloon().orElseThrow().target()).isZero();
    assertThat(instance.update(config -> config.with("limits.memory", "128MiB")))
        .singleElement()
        .asString()
        .contains("started with 96 MiB", "at the next start");
    assertThat(instance.update(config -> config.with("limits.cpu", "2")))
        .containsExactly("limits.cpu takes effect at the next start");
    instance.powerOff();
    instance.start();
    assertThat(instance.requireMachine().memorySize()).isEqualTo(128 * MIB);
  }
}
