package org.javisor.cli;

import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.javisor.cli.client.HostClient;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code javisor snapshot} and its subcommands. */
@Command(
    name = "snapshot",
    description = "Keep what an instance is now, to go back to it or to copy it.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      SnapshotCommand.Create.class,
      SnapshotCommand.Listing.class,
      SnapshotCommand.Remove.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  javisor snapshot create web before-upgrade             its disk",
      "  javisor snapshot create --stateful web warm            its memory too, while it runs",
      "  javisor snapshot ls web",
      "  javisor restore web before-upgrade",
      "  javisor clone --count 3 web/warm worker",
      "  javisor snapshot rm web before-upgrade"
    })
final class SnapshotCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();
  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        Objects.requireNonNull(spec).commandLine(), "snapshot needs create, ls or rm");
  }

  private static String path(String instance) {
    return "/1.0/instances/" + HostClient.encoded(instance) + "/snapshots";
  }

  @Command(
      name = "create",
      description = "Take a snapshot. A running instance goes on.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  javisor snapshot create web before-upgrade",
        "  javisor snapshot create --stateful web warm"
      })
  static final class Create implements Callable<Integer> {
    @Mixin HelpOption help = new HelpOption();

    @Option(names = "--stateful", description = "Memory and devices too, so that it can go on.")
    boolean stateful;

    @Parameters(index = "0", paramLabel = "INSTANCE", description = "Of which instance.")
    String instance = "";

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "NAME",
        description = "What to call it; without one snap0, snap1, ...")
    @Nullable String name;

    @Override
    public Integer call() throws InterruptedException {
      try (HostClient client = HostCommand.process().connect()) {
        client.run("POST", path(instance), HostClient.object("name", name, "stateful", stateful));
      }
      return ExitCode.DONE;
    }
  }

  @Command(
      name = "ls",
      description = "List the snapshots of an instance.",
      footerHeading = "%nExample:%n",
      footer = "  javisor snapshot ls web")
  static final class Listing implements Callable<Integer> {
    private static final String FORM = "%-24s %-20s %s%n";

    @Mixin HelpOption help = new HelpOption();

    @Option(names = "--json", description = "Write the API's list of them.")
    boolean json;

    @Parameters(index = "0", paramLabel = "INSTANCE", description = "Of which instance.")
    String instance = "";

    @Override
    public Integer call() throws InterruptedException {
      try (HostClient client = HostCommand.process().connect()) {
        JsonNode all = client.get(path(instance) + "?recursion=1");
        if (json) {
          System.out.println(all.toPrettyString());
          return ExitCode.DONE;
        }
        System.out.print(String.format(Locale.ROOT, FORM, "NAME", "TAKEN", "WHAT"));
        for (JsonNode one : all) {
          System.out.print(
              String.format(
                  Locale.ROOT,
                  FORM,
                  one.path("name").asString(),
                  one.path("created_at").asString().replaceAll("\\.[0-9]+Z", "Z"),
                  one.path("stateful").asBoolean() ? "disk and memory" : "disk"));
        }
      }
      return ExitCode.DONE;
    }
  }

  @Command(
      name = "rm",
      description = "Delete a snapshot.",
      footerHeading = "%nExample:%n",
      footer = "  javisor snapshot rm web before-upgrade")
  static final class Remove implements Callable<Integer> {
    @Mixin HelpOption help = new HelpOption();

    @Parameters(index = "0", paramLabel = "INSTANCE", description = "Of which instance.")
    String instance = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "Which one.")
    String name = "";

    @Override
    public Integer call() throws InterruptedException {
      try (HostClient client = HostCommand.process().connect()) {
        client.run("DELETE", path(instance) + "/" + HostClient.encoded(name), null);
      }
      return ExitCode.DONE;
    }
  }
}
