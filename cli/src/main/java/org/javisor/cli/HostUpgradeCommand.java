package org.javisor.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.javisor.cli.client.HostClient;
import org.javisor.cli.client.HostProcess;
import org.javisor.host.ProblemException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code javisor host upgrade}. */
@Command(
    name = "upgrade",
    aliases = "restart",
    description = {
      "Replace the host process by one of this version of javisor. Machines go on in the new"
          + " process: they stand still for a moment, which is told. Connections between machines"
          + " stay; those through the host (port forwards, the way to other networks), commands"
          + " and consoles end. If anything goes wrong the old process goes on."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  javisor host upgrade", "  javisor host upgrade --json"})
final class HostUpgradeCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();
  @Mixin MirrorOption place = new MirrorOption();

  @Option(
      names = "--json",
      description = "Write for each machine how long it stood still, and why.")
  boolean json;

  @Override
  public Integer call() throws InterruptedException {
    HostProcess process = HostCommand.process();
    if (!process.isRunning()) {
      throw ProblemException.failed("no host process runs", "javisor host start", null);
    }
    List<String> options = new ArrayList<>();
    try (HostClient client = process.connect()) {
      client
          .get("/1.0")
          .path("environment")
          .path("addresses")
          .forEach(address -> options.addAll(List.of("--listen", address.asString())));
    }
    if (place.mirror != null) {
      options.addAll(List.of("--mirror", place.mirror));
    }
    JsonNode machines = process.replace(options);
    if (json) {
      System.out.println(machines.toPrettyString());
      return ExitCode.DONE;
    }
    Words.say("the host process has been replaced");
    for (JsonNode machine : machines) {
      System.out.printf(
          Locale.ROOT,
          "%s stood still for %.0f ms%n",
          machine.path("instance").asString(),
          machine.path("standstill_ms").asDouble());
    }
    return ExitCode.DONE;
  }
}
