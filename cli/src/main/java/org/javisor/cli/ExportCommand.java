package org.javisor.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.javisor.cli.client.HostClient;
import org.javisor.host.ByteSize;
import org.javisor.host.ProblemException;
import org.javisor.storage.store.DurableRename;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code javisor export}. */
@Command(
    name = "export",
    description = {
      "Write a running instance to a file: its memory, its disk, its devices, and what it was made"
          + " from. It works on meanwhile, and stays. Its snapshots are not in the file."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  javisor export web web.machine",
      "  javisor export web - | ssh other javisor import -    the same machine on another host"
    })
final class ExportCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();

  @Parameters(index = "0", paramLabel = "NAME", description = "The instance.")
  String name = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "FILE",
      description =
          "The file, which is not there yet; - is standard output. Default: NAME.machine.")
  @Nullable String file;

  @Override
  public Integer call() throws IOException, InterruptedException {
    String wanted = file == null ? name + ".machine" : file;
    boolean stream = wanted.equals("-");
    Path path = Path.of(wanted).toAbsolutePath();
    if (!stream && Files.exists(path)) {
      throw ProblemException.badInput(
          "there is a file " + wanted + " already", "name another one, or remove it");
    }
    if (!stream && !Files.isDirectory(path.resolveSibling(""))) {
      throw ProblemException.badInput("there is no folder for " + wanted, "make it first");
    }
    try (HostClient client = HostCommand.process().connect()) {
      String backups = "/1.0/instances/" + HostClient.encoded(name) + "/backups";
      JsonNode operation = client.begin("POST", backups, HostClient.object());
      String backup = operation.path("resources").path("backups").path(0).asString();
      MigrationDisplay.follow(client, operation);
      try {
        if (stream) {
          // System.out would keep a full disk to itself.
          client.download(backup + "/export", new FileOutputStream(FileDescriptor.out));
        } else {
          download(client, backup, path);
          Words.say(wanted + " has " + ByteSize.format(Files.size(path)));
        }
      } finally {
        client.run("DELETE", backup, null);
      }
    }
    return ExitCode.DONE;
  }

  private static void download(HostClient client, String backup, Path path)
      throws IOException, InterruptedException {
    Path fresh = Files.createTempFile(path.resolveSibling(""), ".export-", ".new");
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(fresh), 1 << 16)) {
        client.download(backup + "/export", out);
      }
      DurableRename.move(fresh, path);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
