package org.javisor.cli;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.javisor.cli.client.HostClient;
import org.javisor.host.ByteSize;
import org.javisor.host.ProblemException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code javisor move}. */
@Command(
    name = "move",
    description = {
      "Move a running instance to another host, while it works: its memory, its disk, its devices"
          + " and its network address. Until the last moment it can be called off with Ctrl-C, and"
          + " whatever fails leaves it here."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  javisor host join TOKEN --as b       once: javisor host token gives it, on the other host",
      "  javisor move web --to b",
      "  javisor move web --to b --dry-run    only asks whether it could be moved",
      "  javisor move web --to b --bandwidth 50MiB --max-downtime 100",
      "  javisor move web --to b --json       a report for programs"
    })
final class MoveCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();

  @Parameters(paramLabel = "NAME", description = "The instance.")
  String name = "";

  @Option(names = "--to", required = true, paramLabel = "HOST", description = "The other host.")
  String target = "";

  @Option(
      names = "--bandwidth",
      paramLabel = "SIZE",
      description = "Bytes a second at most, such as 50MiB; as much as there is otherwise.")
  @Nullable String bandwidth;

  @Option(
      names = "--max-downtime",
      paramLabel = "MILLISECONDS",
      description = "How long it may stand still for what is left of its memory. Default: 300.")
  @Nullable Integer maxDowntime;

  @Option(
      names = "--max-slowdown",
      paramLabel = "PERCENT",
      description =
          "How much of its processor time it may be denied where it writes memory faster than that"
              + " can be sent; 0 for none. Default: 99.")
  @Nullable Integer maxSlowdown;

  @Option(names = "--dry-run", description = "Only ask whether it could be moved, and why not.")
  boolean dryRun;

  @Option(names = "--json", description = "Write a report as JSON.")
  boolean json;

  @Override
  public Integer call() throws InterruptedException {
    try (HostClient client = HostCommand.process().connect()) {
      JsonNode said = move(client, name, target, policy());
      if (dryRun) {
        tellCheck(said.path("missing_bytes").asLong());
      } else if (json) {
        System.out.println(said.path("report").toPrettyString());
      } else {
        tell(name, target, said.path("report"));
      }
    }
    return ExitCode.DONE;
  }

  /** Moves an instance and shows how far it is; what the operation said in the end. */
  static JsonNode move(HostClient client, String name, String target, Map<String, Object> policy)
      throws InterruptedException {
    JsonNode operation =
        client.begin(
            "POST",
            "/1.0/instances/" + HostClient.encoded(name) + "?target=" + HostClient.encoded(target),
            HostClient.object("migration", true, "live", true, "policy", policy));
    return MigrationDisplay.follow(client, operation).path("metadata");
  }

  private Map<String, Object> policy() {
    return HostClient.object(
        "bandwidth",
        bandwidth == null ? null : bytes(bandwidth),
        "max_downtime_ms",
        maxDowntime,
        "slowdown",
        maxSlowdown,
        "dry_run",
        dryRun);
  }

  private static long bytes(String text) {
    try {
      return ByteSize.parse(text);
    } catch (IllegalArgumentException e) {
      throw ProblemException.badInput(
          "'" + text + "' is no bandwidth", "write it like 50MiB, for a second");
    }
  }

  private void tellCheck(long missing) {
    Words.say(
        name
            + " can be moved to "
            + target
            + (missing == 0
                ? ", which has all files of its image"
                : ", which lacks " + ByteSize.format(missing) + " of its image"));
  }

  static void tell(String name, String target, JsonNode report) {
    JsonNode downtime = report.path("downtime");
    System.out.printf(
        Locale.ROOT,
        "%s runs on %s: %.0f ms in all, %d rounds, %s sent; it stood still for %.1f ms%n",
        name,
        target,
        report.path("total_ms").asDouble(),
        report.path("rounds").size(),
        ByteSize.format(report.path("sent_bytes").asLong()),
        downtime.path("total_ms").asDouble());
    System.out.printf(
        Locale.ROOT,
        "  pause %.1f, memory %.1f, disk %.1f, devices %.1f, preparation %.1f, commitment %.1f, activation %.1f ms%n",
        downtime.path("pausing_ms").asDouble(),
        downtime.path("memory_ms").asDouble(),
        downtime.path("disks_ms").asDouble(),
        downtime.path("state_ms").asDouble(),
        downtime.path("preparing_ms").asDouble(),
        downtime.path("committing_ms").asDouble(),
        downtime.path("activating_ms").asDouble());
  }
}
