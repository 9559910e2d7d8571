package org.javisor.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.javisor.cli.client.HostClient;
import org.javisor.cli.client.HostProcess;
import org.javisor.cli.cluster.ClusterFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code javisor down}. */
@Command(
    name = "down",
    description = {
      "Remove a cluster: its machines with their disks, and its network. A host process that was"
          + " started for it and has nothing else to do ends too."
    },
    footerHeading = "%nExample:%n",
    footer = "  javisor down examples/cluster.yaml")
final class DownCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();

  @Parameters(paramLabel = "FILE", description = "The cluster file.")
  Path file = Path.of("");

  @Override
  public Integer call() throws InterruptedException {
    ClusterFile cluster = ClusterFile.read(file);
    HostProcess process = HostCommand.process();
    boolean idle;
    try (HostClient client = process.connect()) {
      ClusterMembers members = new ClusterMembers(client, cluster.clusterName());
      for (String name : members.all().keySet()) {
        members.remove(name);
      }
      members.removeNetwork();
      idle =
          client.get("/1.0/instances").isEmpty()
              && client.get("/1.0").path("environment").path("addresses").isEmpty();
    }
    if (idle) {
      HostCommand.stop();
    }
    return ExitCode.DONE;
  }
}
