package org.javisor.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Callable;
import org.javisor.cli.client.HostClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code javisor logs}. */
@Command(
    name = "logs",
    description = "Write what an instance wrote to its serial console lately.",
    footerHeading = "%nExample:%n",
    footer = "  javisor logs web | tail")
final class LogsCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();

  @Parameters(paramLabel = "NAME", description = "The instance.")
  String name = "";

  @Override
  public Integer call() throws InterruptedException, IOException {
    try (HostClient client = HostCommand.process().connect();
        OutputStream output = new FileOutputStream(FileDescriptor.out)) {
      output.write(client.bytes("/1.0/instances/" + HostClient.encoded(name) + "/console"));
    }
    return ExitCode.DONE;
  }
}
