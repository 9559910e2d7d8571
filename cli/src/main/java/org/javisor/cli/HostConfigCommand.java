package org.javisor.cli;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.javisor.cli.client.HostClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code javisor host config}. */
@Command(
    name = "config",
    description = {
      "Write the host's configuration, or set keys of it: how much may be promised to machines that"
          + " are on at the same time. An empty value is as if nothing had been said."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  javisor host config",
      "  javisor host config javisor.overcommit.memory=1.5   times the host's memory",
      "  javisor host config javisor.overcommit.cpu=16       CPUs for each of the host's",
      "  javisor host config javisor.machines.max=20"
    })
final class HostConfigCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();

  @Parameters(paramLabel = "KEY=VALUE", arity = "0..*", description = "What to set.")
  List<String> changes = List.of();

  @Override
  public Integer call() throws InterruptedException {
    Map<String, String> config = Assignments.of(changes, "javisor.machines.max=20");
    try (HostClient client = HostCommand.process().connect()) {
      if (!config.isEmpty()) {
        client.call("PATCH", "/1.0", HostClient.object("config", config));
        return ExitCode.DONE;
      }
      ConfigCommand.valuesOf(client.get("/1.0").path("config"))
          .forEach((key, value) -> System.out.println(key + "=" + value));
    }
    return ExitCode.DONE;
  }
}
