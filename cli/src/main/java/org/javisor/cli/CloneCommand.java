package org.javisor.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import org.javisor.cli.client.HostClient;
import org.javisor.host.ProblemException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code javisor clone}. */
@Command(
    name = "clone",
    description = {
      "Make copies of an instance as it was at a snapshot. Copies of a snapshot with memory run at"
          + " once, share its memory until they write to it, and are machines of their own: network"
          + " address, host name, random numbers. Others are off."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  javisor clone web/warm worker                one copy",
      "  javisor clone --count 50 web/warm worker     worker-1 to worker-50",
      "  javisor clone web other                      as it is now"
    })
final class CloneCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "So many copies, with numbers in their names.")
  @Nullable Integer count;

  @Parameters(
      index = "0",
      paramLabel = "INSTANCE[/SNAPSHOT]",
      description = "Of which instance; without a snapshot as it is now.")
  String source = "";

  @Parameters(index = "1", paramLabel = "NAME", description = "What to call the copy.")
  String name = "";

  @Override
  public Integer call() throws InterruptedException {
    if (count != null && count < 1) {
      throw ProblemException.badInput("there cannot be " + count + " copies", "give 1 or more");
    }
    try (HostClient client = HostCommand.process().connect()) {
      boolean live = isLive(client);
      for (int i = 1; i <= (count == null ? 1 : count); i++) {
        String copy = count == null ? name : name + "-" + i;
        client.run(
            "POST",
            "/1.0/instances",
            HostClient.object(
                "name", copy, "source", Map.of("type", "copy", "source", source, "live", live)));
        System.out.println(copy);
      }
    }
    return ExitCode.DONE;
  }

  private boolean isLive(HostClient client) throws InterruptedException {
    String[] parts = source.split("/", 2);
    String path = "/1.0/instances/" + HostClient.encoded(parts[0]);
    if (parts.length == 2) {
      JsonNode snapshot = client.get(path + "/snapshots/" + HostClient.encoded(parts[1]));
      return snapshot.path("stateful").asBoolean();
    }
    return client.get(path).path("status").asString().equals("Running");
  }
}
