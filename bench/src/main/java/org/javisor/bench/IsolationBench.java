package org.javisor.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.javisor.host.ProblemException;

/**
 * Measures the round trip between two machines of a host while a third one floods the switch or its
 * console, or clients flood the API. Each flood has quiet round trips just before it, so that what
 * else the host does in the meantime is in both.
 */
public final class IsolationBench {
  private static final String SENDER = "bench-isolation-1";
  private static final String ANSWERER = "bench-isolation-2";
  private static final String FLOODER = "bench-isolation-3";

  private static final int API_CLIENTS = 4;
  private static final int WARM_UP = 200;
  private static final String INTERVAL = "0.05";
  private static final String WARM_UP_INTERVAL = "0.01";
  private static final long SETTLE_SECONDS = 1;

  /**
   * What is to be measured.
   *
   * @param start the command that starts {@code javisor}, before its arguments
   * @param socket where the API of the host process answers that these commands use
   * @param image of the machines: one with busybox
   * @param runs how often all is measured, 1 to 99
   * @param pings round trips each time, 20 to 10,000
   */
  public record Plan(List<String> start, Path socket, String image, int runs, int pings) {
    private static final int LEAST_PINGS = 20;
    private static final int MOST_PINGS = 10_000;

    /**
     * Checks the limits.
     *
     * @throws ProblemException naming the first value out of range
     */
    public Plan {
      start = List.copyOf(start);
      Limits.within("--runs", runs, 99);
      if (pings < LEAST_PINGS || pings > MOST_PINGS) {
        throw ProblemException.badInput(
            "--pings cannot be " + pings, "give " + LEAST_PINGS + " to " + MOST_PINGS);
      }
    }
  }

  private final Plan plan;
  private final HostCommands commands;
  private final Consumer<String> progress;

  /** What the runs have shown of one flood. */
  private static final class Results {
    final List<Double> rates = new ArrayList<>();
    final List<RoundTrips> quiet = new ArrayList<>();
    final List<RoundTrips> flooded = new ArrayList<>();

    IsolationReport.Line line(Flood flood) {
      return new IsolationReport.Line(
          flood.name(),
          Median.of(rates),
          flood.unit(),
          IsolationReport.Figure.of(
              quiet.stream().map(RoundTrips::mean).toList(),
              flooded.stream().map(RoundTrips::mean).toList()),
          IsolationReport.Figure.of(
              quiet.stream().map(RoundTrips::percentile99).toList(),
              flooded.stream().map(RoundTrips::percentile99).toList()),
          flooded.stream().mapToInt(RoundTrips::lost).sum());
    }
  }

  /**
   * A measurement.
   *
   * @param progress is told what happens, one line at a time
   */
  public IsolationBench(Plan plan, Consumer<String> progress) {
    this.plan = plan;
    this.commands = new HostCommands(plan.start());
    this.progress = progress;
  }

  /**
   * Measures; the machines are made for it and removed after it.
   *
   * @throws ProblemException if the programs are not built, or a command fails
   */
  public IsolationReport run() throws InterruptedException {
    byte[] program = BenchProgram.floodExecutable();
    List<String> launched = new ArrayList<>();
    try {
      for (String machine : List.of(SENDER, ANSWERER, FLOODER)) {
        progress.accept("machine " + machine);
        String ignored =
            commands.run(List.of("launch", "--memory", "128MiB", plan.image(), machine));
        launched.add(machine);
      }
      String answer =
          commands.run(
              List.of("exec", FLOODER, "--", "sh", "-c", "cat >/tmp/flood && chmod +x /tmp/flood"),
              program);
      assert answer.isEmpty();
      return measure(floods(address(ANSWERER)));
    } finally {
      for (String machine : launched) {
        String ignored = commands.run(List.of("rm", "--force", machine));
      }
    }
  }

  private String address(String machine) throws InterruptedException {
    return commands
        .shell(machine, "ip addr show eth0 | sed -n 's/.* inet \\([0-9.]*\\).*/\\1/p'")
        .strip();
  }

  private List<Flood> floods(String target) {
    return List.of(
        new GuestFlood(
            commands,
            FLOODER,
            "switch",
            "frames",
            "/tmp/flood " + target,
            "cat /sys/class/net/eth0/statistics/tx_packets"),
        new GuestFlood(
            commands,
            FLOODER,
            "console",
            "bytes",
            "yes >/dev/console",
            "sed -n 's/^wchar: //p' /proc/$pid/io"),
        new ApiFlood(plan.socket(), API_CLIENTS));
  }

  private IsolationReport measure(List<Flood> floods) throws InterruptedException {
    progress.accept("warm-up");
    RoundTrips warm = ping(WARM_UP, WARM_UP_INTERVAL);
    if (warm.seconds().isEmpty()) {
      throw ProblemException.failed(SENDER + " does not reach " + ANSWERER, "", null);
    }
    List<Results> results = Stream.generate(Results::new).limit(floods.size()).toList();
    for (int run = 1; run <= plan.runs(); run++) {
      for (int i = 0; i < floods.size(); i++) {
        Flood flood = floods.get(i);
        progress.accept("%s, run %d of %d".formatted(flood.name(), run, plan.runs()));
        measure(flood, results.get(i));
      }
    }
    List<IsolationReport.Line> lines = new ArrayList<>();
    for (int i = 0; i < floods.size(); i++) {
      lines.add(results.get(i).line(floods.get(i)));
    }
    return new IsolationReport(lines);
  }

  private void measure(Flood flood, Results results) throws InterruptedException {
    results.quiet.add(ping(plan.pings(), INTERVAL));
    Flood.Running running = flood.start();
    try {
      TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
      long before = running.count();
      long start = System.nanoTime();
      RoundTrips flooded = ping(plan.pings(), INTERVAL);
      if (flooded.seconds().isEmpty()) {
        throw ProblemException.failed(
            "under the flood of the %s no round trip came back".formatted(flood.name()), "", null);
      }
      results.flooded.add(flooded);
      results.rates.add((running.count() - before) * 1e9 / (System.nanoTime() - start));
    } finally {
      running.stop();
    }
    // What it has left in queues is not the next quiet measurement's.
    TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
  }

  /** Round trips of those that come back within a while; lost ones are no error here. */
  private RoundTrips ping(int count, String interval) throws InterruptedException {
    String said =
        commands.shell(
            SENDER, "ping -c %d -i %s -W 2 %s; true".formatted(count, interval, ANSWERER));
    return RoundTrips.parse(said, count);
  }
}
