package org.javisor.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.javisor.cli.client.HostClient;
import org.javisor.host.ProblemException;
import org.javisor.host.network.NetworkStore;
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
    subcommands = {
      NetCommand.Listing.class,
      NetCommand.Create.class,
      NetCommand.Change.class,
      NetCommand.Remove.class,
      NetCommand.CaptureFrames.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  javisor net ls",
      "  javisor net create --subnet 10.42.0.0/24 shop",
      "  javisor net create --no-uplink quiet        machines reach each other, nothing else",
      "  javisor net rm shop",
      "  javisor net capture shop | tcpdump -r -"
    })
final class NetCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();
  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        Objects.requireNonNull(spec).commandLine(), "net needs ls, create, set, rm or capture");
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
      footer = {
        "  javisor net create --subnet 10.42.0.0/24 shop",
        "  javisor net create other",
        "  javisor net create lab bridge.external_interfaces=tap0   an interface of the kernel",
        "  javisor net create --subnet 10.42.0.0/24 shop ipv4.dhcp.ranges=10.42.0.2-10.42.0.99"
            + " tunnel.b.protocol=vxlan tunnel.b.id=42 tunnel.b.local=192.0.2.1"
            + " tunnel.b.remote=192.0.2.2"
      })
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

    @Parameters(index = "0", paramLabel = "NAME", description = "What to call it.")
    String name = "";

    @Parameters(
        index = "1..*",
        arity = "0..*",
        paramLabel = "KEY=VALUE",
        description = "Keys as Incus has them, such as bridge.mtu=1400.")
    List<String> keys = List.of();

    @Override
    public Integer call() throws InterruptedException {
      Map<String, String> config = new LinkedHashMap<>(Assignments.of(keys, "bridge.mtu=1400"));
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
      name = "set",
      description = {
        "Set keys of a network. While instances are on it, its tunnels to other hosts, its ranges"
            + " of addresses and its interfaces can change. An empty value is as if nothing had been said."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  javisor net set shop bridge.mtu=1400",
        "  javisor net set shop tunnel.c.protocol=vxlan tunnel.c.id=42 tunnel.c.local=192.0.2.1"
            + " tunnel.c.remote=192.0.2.3"
      })
  static final class Change implements Callable<Integer> {
    @Mixin HelpOption help = new HelpOption();

    @Parameters(index = "0", paramLabel = "NAME", description = "The network.")
    String name = "";

    @Parameters(
        index = "1..*",
        arity = "1..*",
        paramLabel = "KEY=VALUE",
        description = "Keys as Incus has them, such as bridge.mtu=1400.")
    List<String> keys = List.of();

    @Override
    public Integer call() throws InterruptedException {
      Map<String, String> config = Assignments.of(keys, "bridge.mtu=1400");
      try (HostClient client = HostCommand.process().connect()) {
        client.call(
            "PATCH",
            "/1.0/networks/" + HostClient.encoded(name),
            HostClient.object("config", config));
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

  @Command(
      name = "capture",
      description = {
        "Write the frames of a network as pcapng, for Wireshark, tcpdump and the like, until Ctrl-C.",
        "Whoever reads slowly loses frames, which are counted; the network does not wait."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  javisor net capture shop | tcpdump -nr -",
        "  javisor net capture --instance web --count 100 --write web.pcapng shop"
      })
  static final class CaptureFrames implements Callable<Integer> {
    @Mixin HelpOption help = new HelpOption();

    @Option(names = "--instance", paramLabel = "NAME", description = "Only at this one's port.")
    @Nullable String instance;

    @Option(names = "--count", paramLabel = "N", description = "End after so many frames.")
    @Nullable Long count;

    @Option(
        names = {"-w", "--write"},
        paramLabel = "FILE",
        description = "Write to this file, which must not be there, instead of standard output.")
    @Nullable Path file;

    @Parameters(
        arity = "0..1",
        paramLabel = "NETWORK",
        defaultValue = NetworkStore.DEFAULT,
        description = "By default the one called default.")
    String network = "";

    @Override
    public Integer call() throws InterruptedException {
      if (count != null && count < 1) {
        throw ProblemException.badInput("there cannot be " + count + " frames", "give 1 or more");
      }
      if (file == null && Terminal.isTerminal(1)) {
        throw ProblemException.badInput(
            "a capture is not fit for a terminal", "write it to a file: --write FILE");
      }
      String path =
          "/1.0/networks/"
              + HostClient.encoded(network)
              + "/capture"
              + (instance == null ? "" : "?instance=" + HostClient.encoded(instance));
      try (HostClient client = HostCommand.process().connect();
          OutputStream target = open();
          PcapngBlocks blocks = new PcapngBlocks(target, count == null ? Long.MAX_VALUE : count)) {
        client.download(path, blocks);
      } catch (PcapngBlocks.Enough e) {
        return ExitCode.DONE;
      } catch (FileAlreadyExistsException e) {
        throw ProblemException.badInput(file + " is there already", "choose another name");
      } catch (InterruptedIOException e) {
        throw new InterruptedException(); // Ctrl-C is how it is ended.
      } catch (IOException e) {
        throw ProblemException.failed("the capture has ended: " + e.getMessage(), "", e);
      }
      return ExitCode.DONE;
    }

    private OutputStream open() throws IOException {
      return file == null
          ? new FileOutputStream(FileDescriptor.out)
          : Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }
  }
}
