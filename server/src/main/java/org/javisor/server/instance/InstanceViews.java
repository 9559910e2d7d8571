package org.javisor.server.instance;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.javisor.host.Instance;
import org.javisor.host.instance.HostedInstance;
import org.javisor.host.instance.InstanceConfig;
import org.javisor.host.instance.InstanceSettings;
import org.javisor.network.MachinePort;
import org.javisor.network.ethernet.PortMetrics;
import org.javisor.server.api.InstanceView;
import org.javisor.server.api.StateView;
import org.javisor.server.http.Json;

/** Instances as the API shows them. */
public final class InstanceViews {
  static final String ARCHITECTURE = "riscv64";
  private static final long NANOS_OF_SECOND = 1_000_000_000;
  private static final Instant NEVER = Instant.EPOCH;

  private InstanceViews() {}

  /** An instance, with its state and snapshots or without. */
  static InstanceView of(HostedInstance instance, boolean full) throws InterruptedException {
    InstanceConfig config = instance.config();
    return new InstanceView(
        instance.name(),
        config.description(),
        instance.status().word(),
        instance.status().code(),
        config.createdAt(),
        instance.startedAt().orElse(NEVER),
        "none",
        "virtual-machine",
        "default",
        ARCHITECTURE,
        config.ephemeral(),
        false,
        config.profiles(),
        withImage(instance, config.config()),
        config.devices(),
        withImage(instance, config.expandedConfig()),
        config.expandedDevices(),
        full ? state(instance) : null,
        full ? SnapshotRoutes.views(instance) : null,
        full ? BackupRoutes.views(instance) : null);
  }

  private static Map<String, String> withImage(HostedInstance instance, Map<String, String> keys) {
    Map<String, String> all = new TreeMap<>();
    all.put("image.description", instance.image().image());
    all.put("image.architecture", ARCHITECTURE);
    all.putAll(keys);
    return all;
  }

  /** What changes when the instance is changed. */
  static String etag(HostedInstance instance) {
    InstanceConfig config = instance.config();
    Map<String, Object> what = new LinkedHashMap<>();
    what.put("description", config.description());
    what.put("ephemeral", config.ephemeral());
    what.put("profiles", config.profiles());
    what.put("config", config.config());
    what.put("devices", config.devices());
    return Json.etag(what);
  }

  /** How an instance is just now. */
  static StateView state(HostedInstance instance) {
    Optional<Instance> machine = instance.machine();
    boolean on = machine.isPresent();
    int cpus = InstanceSettings.of(instance.config()).cpus();
    return new StateView(
        instance.status().word(),
        instance.status().code(),
        Map.of(
            "root",
            new StateView.Disk(
                instance.diskBytes(), InstanceSettings.of(instance.config()).diskSize().orElse(0))),
        new StateView.Memory(
            machine.map(Instance::residentMemory).orElse(0L),
            0,
            machine.map(Instance::memorySize).orElse(0L),
            0,
            0),
        instance.networkPort().map(InstanceViews::network).orElse(null),
        on ? ProcessHandle.current().pid() : 0,
        on ? -1 : 0,
        new StateView.Cpu(
            machine.map(Instance::processorNanos).orElse(0L), on ? cpus * NANOS_OF_SECOND : 0),
        instance.startedAt().orElse(NEVER),
        null);
  }

  private static Map<String, StateView.Network> network(MachinePort port) {
    PortMetrics.Snapshot traffic = port.metrics().snapshot();
    return Map.of(
        "eth0",
        new StateView.Network(
            List.of(
                new StateView.Address(
                    "inet", port.address().toString(), String.valueOf(port.prefix()), "global")),
            new StateView.Counters(
                traffic.bytesReceived(),
                traffic.bytesSent(),
                traffic.framesReceived(),
                traffic.framesSent(),
                0,
                traffic.malformed() + traffic.spoofed(),
                traffic.overRate() + traffic.overFlood(),
                traffic.receivesRefused()),
            port.mac().toString(),
            "",
            port.mtu(),
            "up",
            "broadcast"));
  }
}
