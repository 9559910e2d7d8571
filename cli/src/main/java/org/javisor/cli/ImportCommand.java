package org.javisor.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.javisor.cli.client.HostClient;
import org.javisor.host.ProblemException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code javisor import}. */
@Command(
    name = "import",
    description = {
      "Make an instance of a file that export wrote, on this host or another one. It goes on where it"
          + " was, with the network address it had."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  javisor import web.machine",
      "  javisor import web.machine old-web    called otherwise here"
    })
final class ImportCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();

  @Parameters(index = "0", paramLabel = "FILE", description = "The file; - is standard input.")
  String file = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "NAME",
      description = "What to call the instance here; as in the file without it.")
  @Nullable String name;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Map<String, String> headers = name == null ? Map.of() : Map.of("X-Incus-name", name);
    try (HostClient client = HostCommand.process().connect();
        InputStream content = open()) {
      JsonNode operation = client.upload("/1.0/instances", headers, content);
      JsonNode end = client.await(operation.path("id").asString());
      System.out.println(end.path("metadata").path("name").asString());
    }
    return ExitCode.DONE;
  }

  private InputStream open() throws IOException {
    try {
      return file.equals("-") ? System.in : Files.newInputStream(Path.of(file));
    } catch (NoSuchFileException e) {
      throw ProblemException.badInput("there is no file " + file, "name one that export wrote");
    }
  }
}
