package org.javisor.cli;

import java.util.concurrent.Callable;
import org.javisor.cli.client.HostClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code javisor restore}. */
@Command(
    name = "restore",
    description = {
      "Take an instance back to a snapshot, which stays. With its memory in the snapshot it goes on"
          + " from there at once; else it boots again if it was on."
    },
    footerHeading = "%nExample:%n",
    footer = "  javisor restore web before-upgrade")
final class RestoreCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();

  @Parameters(index = "0", paramLabel = "INSTANCE", description = "Which instance.")
  String instance = "";

  @Parameters(index = "1", paramLabel = "SNAPSHOT", description = "To which of its snapshots.")
  String snapshot = "";

  @Override
  public Integer call() throws InterruptedException {
    try (HostClient client = HostCommand.process().connect()) {
      client.run(
          "PUT",
          "/1.0/instances/" + HostClient.encoded(instance),
          HostClient.object("restore", snapshot, "stateful", true));
    }
    return ExitCode.DONE;
  }
}
