package org.javisor.server.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How an instance is just now. Sizes are bytes, times nanoseconds. */
public record StateView(
    String status,
    int statusCode,
    Map<String, Disk> disk,
    Memory memory,
    @Nullable Map<String, Network> network,
    long pid,
    long processes,
    Cpu cpu,
    Instant startedAt,
    @Nullable Map<String, String> osInfo) {

  /** Of a disk: bytes it takes here, and what the guest sees. */
  public record Disk(long usage, long total) {}

  /** Of memory: bytes the machine takes here, and what the guest sees. */
  public record Memory(
      long usage, long usagePeak, long total, long swapUsage, long swapUsagePeak) {}

  /** Of the vCPUs: time they ran, and how many there may be at once. */
  public record Cpu(long usage, long allocatedTime) {}

  /** A network card as the guest has it. */
  public record Network(
      List<Address> addresses,
      Counters counters,
      String hwaddr,
      String hostName,
      int mtu,
      String state,
      String type) {}

  /** An address of a card; family is {@code inet} or {@code inet6}, scope {@code global} or so. */
  public record Address(String family, String address, String netmask, String scope) {}

  /** Traffic of a card. */
  public record Counters(
      long bytesReceived,
      long bytesSent,
      long packetsReceived,
      long packetsSent,
      long errorsReceived,
      long errorsSent,
      long packetsDroppedOutbound,
      long packetsDroppedInbound) {}
}
