package org.javisor.cli.top;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What an instance takes, between two readings. Rates are bytes a second.
 *
 * @param name of the instance
 * @param status as the API has it
 * @param cpus vCPUs
 * @param shares its weight where vCPUs compete
 * @param cpuPercent processor time by the time that passed: 100 is one processor
 * @param memory bytes it takes of this host
 * @param memoryLimit bytes the guest sees
 * @param diskRead rate of reads from its disks
 * @param diskWritten rate of writes to its disks
 * @param received rate of what its network card received
 * @param sent rate of what its network card sent
 */
public record Usage(
    String name,
    String status,
    int cpus,
    int shares,
    @JsonProperty("cpu_percent") double cpuPercent,
    long memory,
    @JsonProperty("memory_limit") long memoryLimit,
    @JsonProperty("disk_read") long diskRead,
    @JsonProperty("disk_written") long diskWritten,
    long received,
    long sent) {

  private static final double NANOS = 1e9;

  /** What the rows are sorted by; most first, names from a to z. */
  @SuppressWarnings("ImmutableEnumChecker") // The comparators hold nothing.
  public enum Order {
    CPU(Comparator.comparingDouble(Usage::cpuPercent).reversed()),
    MEMORY(Comparator.comparingLong(Usage::memory).reversed()),
    DISK(Comparator.comparingLong((Usage u) -> u.diskRead() + u.diskWritten()).reversed()),
    NET(Comparator.comparingLong((Usage u) -> u.received() + u.sent()).reversed()),
    NAME(Comparator.comparing(Usage::name));

    private final Comparator<Usage> rows;

    Order(Comparator<Usage> rows) {
      this.rows = rows.thenComparing(Usage::name);
    }

    /** As an option and in the header. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What every instance of the later reading took since the earlier one. */
  public static List<Usage> between(Reading earlier, Reading later, Order order) {
    double seconds = Math.max(1, later.nanos() - earlier.nanos()) / NANOS;
    List<Usage> all = new ArrayList<>();
    later
        .counters()
        .forEach(
            (name, now) ->
                all.add(of(name, earlier.counters().getOrDefault(name, now), now, seconds)));
    all.sort(order.rows);
    return all;
  }

  private static Usage of(
      String name, Reading.Counters before, Reading.Counters now, double seconds) {
    return new Usage(
        name,
        now.status(),
        now.cpus(),
        now.shares(),
        Math.round(rate(before.processorNanos(), now.processorNanos(), seconds) / NANOS * 1000)
            / 10.0,
        now.memory(),
        now.memoryLimit(),
        rate(before.diskRead(), now.diskRead(), seconds),
        rate(before.diskWritten(), now.diskWritten(), seconds),
        rate(before.received(), now.received(), seconds),
        rate(before.sent(), now.sent(), seconds));
  }

  /** A machine that was started again counts from zero. */
  private static long rate(long before, long now, double seconds) {
    return Math.round((now >= before ? now - before : now) / seconds);
  }
}
