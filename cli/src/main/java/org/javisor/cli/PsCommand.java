package org.javisor.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.javisor.cli.client.HostClient;
import org.javisor.cli.client.HostProcess;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** {@code javisor ps}. */
@Command(
    name = "ps",
    description = "List the instances of this host.",
    footerHeading = "%nExamples:%n",
    footer = {"  javisor ps", "  javisor ps --all", "  javisor ps --json"})
final class PsCommand implements Callable<Integer> {
  private static final String FORM = "%-20s %-9s %-16s %4s %10s  %-15s %s%n";

  @Mixin HelpOption help = new HelpOption();

  @Option(
      names = {"-a", "--all"},
      description = "Those that are off too.")
  boolean all;

  @Option(names = "--json", description = "Write the API's list of them.")
  boolean json;

  @Override
  public Integer call() throws InterruptedException {
    HostProcess process = HostCommand.process();
    if (!process.isRunning() && !all) {
      if (json) {
        System.out.println("[]");
      } else {
        Words.say("no host process runs, so no instance does; see: javisor ps --all");
      }
      return ExitCode.DONE;
    }
    try (HostClient client = process.connect()) {
      ArrayNode shown = HostClient.JSON.createArrayNode();
      for (JsonNode instance : client.get("/1.0/instances?recursion=2")) {
        if (all || !instance.path("status").asString().equals("Stopped")) {
          shown.add(instance);
        }
      }
      System.out.print(json ? shown.toPrettyString() + "\n" : text(shown));
    }
    return ExitCode.DONE;
  }

  /** Instances as a table. */
  static String text(Iterable<JsonNode> instances) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT, FORM, "NAME", "STATUS", "IMAGE", "CPUS", "MEMORY", "ADDRESS", "UP"));
    for (JsonNode instance : instances) {
      boolean on = !instance.path("status").asString().equals("Stopped");
      long memory = instance.path("state").path("memory").path("total").asLong(0);
      text.append(
          String.format(
              Locale.ROOT,
              FORM,
              instance.path("name").asString(),
              instance.path("status").asString().toLowerCase(Locale.ROOT),
              instance.path("config").path("image.description").asString("-"),
              instance.path("expanded_config").path("limits.cpu").asString("1"),
              memory == 0 ? "-" : org.javisor.host.ByteSize.format(memory),
              String.join(",", addresses(instance.path("state").path("network"))),
              on ? age(instance.path("last_used_at").asString()) : "-"));
    }
    return text.toString();
  }

  private static List<String> addresses(JsonNode network) {
    List<String> addresses = new ArrayList<>();
    for (JsonNode card : network) {
      for (JsonNode address : card.path("addresses")) {
        if (address.path("family").asString().equals("inet")
            && address.path("scope").asString().equals("global")) {
          addresses.add(address.path("address").asString());
        }
      }
    }
    return addresses.isEmpty() ? List.of("-") : addresses;
  }

  private static String age(String since) {
    Duration up = Duration.between(Instant.parse(since), Instant.now());
    if (up.toDays() > 0) {
      return up.toDays() + "d" + up.toHoursPart() + "h";
    }
    return up.toHours() > 0
        ? up.toHours() + "h" + up.toMinutesPart() + "m"
        : up.toMinutes() > 0
            ? up.toMinutes() + "m" + up.toSecondsPart() + "s"
            : up.toSeconds() + "s";
  }
}
