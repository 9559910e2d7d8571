package org.javisor.server.metrics;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.javisor.host.Instance;
import org.javisor.host.InstanceMetrics;
import org.javisor.host.instance.HostedInstance;
import org.javisor.host.instance.InstanceSettings;
import org.javisor.host.instance.InstanceStore;
import org.javisor.riscv.translator.TranslatorMetrics;
import org.javisor.server.event.EventHub;
import org.javisor.server.http.Answer;
import org.javisor.server.http.Call;
import org.javisor.server.http.Route;
import org.javisor.server.operation.Operations;
import org.javisor.virtio.block.BlockMetrics;
import org.javisor.virtio.net.NetMetrics;

/**
 * {@code /1.0/metrics}: figures of the running instances under the names that Incus gives them, and
 * our own, which begin with {@code javisor_}. Counters begin anew when an instance is started.
 */
public final class MetricsRoutes {
  private static final double NANOS = 1e9;

  private final InstanceStore instances;
  private final Operations operations;
  private final EventHub events;

  /** Routes of these instances' figures. */
  public MetricsRoutes(InstanceStore instances, Operations operations, EventHub events) {
    this.instances = instances;
    this.operations = operations;
    this.events = events;
  }

  /** The routes. */
  public List<Route> routes() {
    return List.of(Route.of("GET", "/1.0/metrics", this::metrics));
  }

  private Answer metrics(Call call) {
    PrometheusText text = new PrometheusText();
    instances.all().forEach(instance -> add(text, instance));
    text.gauge(
        "incus_operations_total",
        "Operations that are running or have just ended",
        Map.of(),
        operations.all().size());
    text.counter(
        "javisor_operations_begun_total", "Operations begun", Map.of(), operations.begun());
    text.counter("javisor_events_total", "Events that have happened", Map.of(), events.published());
    text.gauge("javisor_event_listeners", "Who listens for events", Map.of(), events.listeners());
    Map<String, Long> byStatus = new LinkedHashMap<>();
    instances.all().forEach(one -> byStatus.merge(one.status().word(), 1L, Long::sum));
    byStatus.forEach(
        (status, count) ->
            text.gauge(
                "javisor_instances", "Instances by status", Map.of("status", status), count));
    return new Answer.Raw(
        "text/plain; version=0.0.4; charset=utf-8",
        Map.of(),
        text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static Map<String, String> with(Map<String, String> labels, String key, String value) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put(key, value);
    all.putAll(labels);
    return all;
  }

  private static void add(PrometheusText text, HostedInstance instance) {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put("name", instance.name());
    labels.put("project", "default");
    labels.put("type", "virtual-machine");
    text.gauge(
        "javisor_disk_folder_bytes",
        "Bytes of all that is kept of an instance",
        labels,
        instance.diskBytes());
    instance
        .startedAt()
        .ifPresent(
            at ->
                text.gauge(
                    "incus_boot_time_seconds",
                    "When the machine was powered on",
                    labels,
                    at.getEpochSecond()));
    instance
        .machine()
        .ifPresent(
            machine -> {
              text.gauge(
                  "incus_cpu_effective_total",
                  "Number of processors",
                  labels,
                  InstanceSettings.of(instance.config()).cpus());
              machine(text, machine, labels);
            });
  }

  private static void machine(PrometheusText text, Instance machine, Map<String, String> labels) {
    text.counter(
        "incus_cpu_seconds_total",
        "Processor time of the vCPUs; what the guest does with it is not known",
        with(with(labels, "mode", "user"), "cpu", "0"),
        machine.processorNanos() / NANOS);
    text.gauge("incus_memory_MemTotal_bytes", "What the guest sees", labels, machine.memorySize());
    text.gauge(
        "incus_memory_RSS_bytes",
        "What this host has given; shared pages count in parts",
        labels,
        machine.residentMemory());
    List<BlockMetrics> disks = machine.diskMetrics();
    for (int i = 0; i < disks.size(); i++) {
      disk(text, disks.get(i), with(labels, "device", i == 0 ? "root" : "disk" + i));
    }
    network(text, machine.networkMetrics(), with(labels, "device", "eth0"));
    InstanceMetrics engine = machine.metrics();
    text.counter(
        "javisor_instructions_total", "Instructions retired", labels, engine.instructions());
    text.counter("javisor_tlb_misses_total", "Page walks", labels, engine.tlbMisses());
    engine.translator().ifPresent(translator -> translator(text, translator, labels));
  }

  private static void disk(PrometheusText text, BlockMetrics disk, Map<String, String> labels) {
    text.counter("incus_disk_read_bytes_total", "Bytes read", labels, disk.bytesRead());
    text.counter("incus_disk_reads_completed_total", "Reads completed", labels, disk.reads());
    text.counter("incus_disk_written_bytes_total", "Bytes written", labels, disk.bytesWritten());
    text.counter("incus_disk_writes_completed_total", "Writes completed", labels, disk.writes());
  }

  private static void network(PrometheusText text, NetMetrics card, Map<String, String> labels) {
    text.counter(
        "incus_network_receive_bytes_total", "Bytes received", labels, card.bytesReceived());
    text.counter(
        "incus_network_receive_packets_total", "Frames received", labels, card.framesReceived());
    text.counter(
        "incus_network_receive_drop_total",
        "Frames that the guest had no room for",
        labels,
        card.receivesDropped());
    text.counter("incus_network_transmit_bytes_total", "Bytes sent", labels, card.bytesSent());
    text.counter("incus_network_transmit_packets_total", "Frames sent", labels, card.framesSent());
    text.counter(
        "incus_network_transmit_drop_total",
        "What the guest sent and is no frame",
        labels,
        card.sendsDropped());
  }

  private static void translator(
      PrometheusText text, TranslatorMetrics translator, Map<String, String> labels) {
    text.counter(
        "javisor_interpreted_instructions_total",
        "Instructions that the interpreter executed",
        labels,
        translator.interpreted());
    text.counter(
        "javisor_translation_units_total", "Units of translation made", labels, translator.units());
    text.counter(
        "javisor_translation_units_shared_total",
        "Units that were there already",
        labels,
        translator.shared());
    text.counter(
        "javisor_translation_units_evicted_total",
        "Units given up for room",
        labels,
        translator.evicted());
    text.counter(
        "javisor_code_bytes_total",
        "Bytes of the classes made of guest code",
        labels,
        translator.classBytes());
    text.counter(
        "javisor_translation_seconds_total",
        "Time spent on translation",
        labels,
        translator.nanoseconds() / NANOS);
    text.gauge("javisor_translation_queue", "Requests that wait", labels, translator.queued());
  }
}
