package org.javisor.cli.top;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.javisor.host.MachineSpec;
import org.javisor.host.instance.InstanceSettings;
import tools.jackson.databind.JsonNode;

/**
 * The counters of all instances that are on, at one moment.
 *
 * @param nanos of {@link System#nanoTime}
 * @param counters by the instance's name
 */
public record Reading(long nanos, Map<String, Counters> counters) {
  /** A line of the metrics that counts bytes of a disk. */
  private static final Pattern DISK =
      Pattern.compile(
          "incus_disk_(read|written)_bytes_total\\{(?:[^}]*,)?name=\"([^\"]*)\"[^}]*\\} ([0-9.e+E]+)");

  /**
   * Of one instance.
   *
   * @param status as the API has it
   * @param cpus vCPUs
   * @param shares its weight where vCPUs compete
   * @param processorNanos time its vCPUs ran
   * @param memory bytes it takes of this host
   * @param memoryLimit bytes the guest sees
   * @param diskRead bytes
   * @param diskWritten bytes
   * @param received bytes its network card received
   * @param sent bytes its network card sent
   */
  public record Counters(
      String status,
      int cpus,
      int shares,
      long processorNanos,
      long memory,
      long memoryLimit,
      long diskRead,
      long diskWritten,
      long received,
      long sent) {}

  /**
   * Reads the API's answers.
   *
   * @param nanos when they came
   * @param instances the list of them, with their states
   * @param metrics the metrics, in the text format of Prometheus
   */
  public static Reading of(long nanos, JsonNode instances, String metrics) {
    Map<String, Long> read = new TreeMap<>();
    Map<String, Long> written = new TreeMap<>();
    for (String line : metrics.lines().filter(l -> l.startsWith("incus_disk_")).toList()) {
      Matcher disk = DISK.matcher(line);
      if (disk.matches()) {
        (disk.group(1).equals("read") ? read : written)
            .merge(disk.group(2), (long) Double.parseDouble(disk.group(3)), Long::sum);
      }
    }
    Map<String, Counters> counters = new TreeMap<>();
    for (JsonNode instance : instances) {
      String status = instance.path("status").asString();
      if (status.equals("Stopped")) {
        continue;
      }
      String name = instance.path("name").asString();
      JsonNode state = instance.path("state");
      JsonNode config = instance.path("expanded_config");
      List<JsonNode> cards =
          StreamSupport.stream(state.path("network").spliterator(), false)
              .map(card -> card.path("counters"))
              .toList();
      counters.put(
          name,
          new Counters(
              status,
              number(config, "limits.cpu", MachineSpec.MIN_CPUS),
              number(config, "javisor.cpu.shares", InstanceSettings.DEFAULT_SHARES),
              state.path("cpu").path("usage").asLong(0),
              state.path("memory").path("usage").asLong(0),
              state.path("memory").path("total").asLong(0),
              read.getOrDefault(name, 0L),
              written.getOrDefault(name, 0L),
              cards.stream().mapToLong(card -> card.path("bytes_received").asLong(0)).sum(),
              cards.stream().mapToLong(card -> card.path("bytes_sent").asLong(0)).sum()));
    }
    return new Reading(nanos, counters);
  }

  /** A key without a value is as one that is not there. */
  private static int number(JsonNode config, String key, int otherwise) {
    String text = config.path(key).asString("");
    return text.isEmpty() ? otherwise : Integer.parseInt(text);
  }
}
