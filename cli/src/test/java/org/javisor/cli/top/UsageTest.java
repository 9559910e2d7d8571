package org.javisor.cli.top;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Rates from what the API answers. */
class UsageTest {
  private static Reading reading(long second, long processorNanos, long received, long read) {
    String instances =
        """
        [{"name": "web", "status": "Running",
          "expanded_config": {"limits.cpu": "2", "javisor.cpu.shares": "300"},
          "state": {"cpu": {"usage": %d}, "memory": {"usage": 1048576, "total": 134217728},
                    "network": {"eth0": {"counters": {"bytes_received": %d, "bytes_sent": 0}}}}},
         {"name": "idle", "status": "Frozen", "expanded_config": {"limits.cpu": ""}, "state": {"network": null}},
         {"name": "off", "status": "Stopped", "state": {}}]
        """
            .formatted(processorNanos, received);
    String metrics =
        """
        # TYPE incus_disk_read_bytes_total counter
        incus_disk_read_bytes_total{device="root",name="web",project="default"} %d
        incus_disk_read_bytes_total{device="disk1",name="web",project="default"} 0
        """
            .formatted(read);
    return Reading.of(
        second * 1_000_000_000, JsonMapper.builder().build().readTree(instances), metrics);
  }

  @Test
  void countersBecomeRatesOfTheTimeBetweenThem() {
    List<Usage> usage =
        Usage.between(
            reading(10, 1_000_000_000, 100, 0),
            reading(12, 4_000_000_000L, 2100, 4096),
            Usage.Order.CPU);
    assertThat(usage)
        .containsExactly(
            new Usage("web", "Running", 2, 300, 150, 1 << 20, 128 << 20, 2048, 0, 1000, 0),
            new Usage("idle", "Frozen", 1, 100, 0, 0, 0, 0, 0, 0, 0));
    assertThat(UsageTable.lines(usage).get(1)).contains("web", "150.0", "1 MiB/128 MiB", "2 KiB");
  }

  @Test
  void aMachineThatStartedAgainCountsFromZero() {
    List<Usage> usage =
        Usage.between(
            reading(10, 5_000_000_000L, 9000, 0),
            reading(11, 500_000_000, 10, 0),
            Usage.Order.NAME);
    assertThat(usage).extracting(Usage::name).containsExactly("idle", "web");
    assertThat(usage.get(1).cpuPercent()).isEqualTo(50);
    assertThat(usage.get(1).received()).isEqualTo(10);
  }
}
