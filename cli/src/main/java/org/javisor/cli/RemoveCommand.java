package org.javisor.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.javisor.cli.client.HostClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code javisor rm}. */
@Command(
    name = "rm",
    description = "Remove instances with their disks and snapshots.",
    footerHeading = "%nExamples:%n",
    footer = {"  javisor rm web", "  javisor rm --force web db"})
final class RemoveCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();

  @Option(
      names = {"-f", "--force"},
      description = "Also those that are on: their plug is pulled.")
  boolean force;

  @Parameters(arity = "1..*", paramLabel = "NAME", description = "Instances.")
  List<String> names = List.of();

  @Override
  public Integer call() throws InterruptedException {
    try (HostClient client = HostCommand.process().connect()) {
      for (String name : names) {
        String path = "/1.0/instances/" + HostClient.encoded(name);
        JsonNode instance = client.get(path);
        if (force && !instance.path("status").asString().equals("Stopped")) {
          client.run("PUT", path + "/state", HostClient.object("action", "stop", "force", true));
          if (instance.path("ephemeral").asBoolean()) {
            continue; // It has removed itself.
          }
        }
        client.run("DELETE", path, null);
      }
    }
    return ExitCode.DONE;
  }
}
