package org.javisor.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

/** {@code javisor net} and its subcommands. */
@Command(
    name = "net",
    description = "The virtual networks of this host.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {NetCommand.Listing.class, NetCommand.Create.class, NetCommand.Remove.class},
    footerHeading = "%nExamples:%n",
    footer = {
      "  javisor net ls",
      "  javisor net create --subnet 10.42.0.0/24 shop",
      "  javisor net create --no-uplink quiet        machines reach each other, nothing else",
      "  javisor net rm shop"
    })
final class NetCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();
  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        Objects.requireNonNull(spec).commandLine(), "net needs ls, create or rm");
  }

  @Command(
      name = "ls",
      description = "List the networks.",
      footerHeading = "%nExample:%n",
      footer = "  javisor net ls")
  static final class Listing implements Callable<Integer> {
    private static final String FORM = "%-16s %-18s %-7s %s%n";

    @Mixin HelpOption help = new HelpOption();

    @Option(names = "--json", description = "Write the API's list of them.")
    boolean json;

    @Override
    public Integer call() throws InterruptedException {
      try (HostClient client = HostCommand.process().connect()) {
        JsonNode all = client.get("/1.0/networks?recursion=1");
        if (json) {
          System.out.println(all.toPrettyString());
          return ExitCode.DONE;
        }
        System.out.print(
            String.format(Locale.ROOT, FORM, "NAME", "GATEWAY", "UPLINK", "INSTANCES"));
        for (JsonNode network : all) {
          JsonNode config = network.path("config");
          List<String> users =
              network
                  .path("used_by")
                  .valueStream()
                  .map(path -> path.asString().replaceAll(".*/", ""))
                  .toList();
          System.out.print(
              String.format(
                  Locale.ROOT,
                  FORM,
                  network.path("name").asString(),
                  config.path("ipv4.address").asString(),
                  config.path("ipv4.nat").asString().equals("true") ? "yes" : "no",
                  users.isEmpty() ? "-" : String.join(",", users)));
        }
      }
      return ExitCode.DONE;
    }
  }

  @Command(
      name = "create",
      description = "Make a network: addresses and names for who is plugged in, and a way out.",
      footerHeading = "%nExamples:%n",
      footer = {"  javisor net create --subnet 10.42.0.0/24 shop", "  javisor net create other"})
  static final class Create implements Callable<Integer> {
    @Mixin HelpOption help = new HelpOption();

    @Option(
        names = "--subnet",
        paramLabel = "SUBNET",
        description = "Such as 10.42.0.0/24; by default one that is free.")
    @Nullable String subnet;

    @Option(names = "--no-uplink", description = "Machines reach each other and nothing else.")
    boolean closed;

    @Option(
        names = "--host-access",
        description = "Machines reach servers of this host, as the machine called host.")
    boolean hostAccess;

    @Parameters(paramLabel = "NAME", description = "What to call it.")
    String name = "";

    @Override
    public Integer call() throws InterruptedException {
      Map<String, String> config = new LinkedHashMap<>();
      if (subnet != null) {
        config.put("ipv4.address", subnet);
      }
      if (closed) {
        config.put("ipv4.nat", "false");
      }
      if (hostAccess) {
        config.put("javisor.host_access", "true");
      }
      try (HostClient client = HostCommand.process().connect()) {
        client.call(
            "POST",
            "/1.0/networks",
            HostClient.object("name", name, "type", "bridge", "config", config));
      }
      return ExitCode.DONE;
    }
  }

  @Command(
      name = "rm",
      description = "Remove networks that no instance uses.",
      footerHeading = "%nExample:%n",
      footer = "  javisor net rm shop")
  static final class Remove implements Callable<Integer> {
    @Mixin HelpOption help = new HelpOption();

    @Parameters(arity = "1..*", paramLabel = "NAME", description = "Networks.")
    List<String> names = List.of();

    @Override
    public Integer call() throws InterruptedException {
      try (HostClient client = HostCommand.process().connect()) {
        for (String name : names) {
          client.call("DELETE", "/1.0/networks/" + HostClient.encoded(name), null);
        }
      }
      return ExitCode.DONE;
    }
  }
}
