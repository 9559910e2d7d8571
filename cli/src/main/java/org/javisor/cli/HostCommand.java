package org.javisor.cli;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.javisor.cli.client.HostClient;
import org.javisor.cli.client.HostProcess;
import org.javisor.host.DataFolder;
import org.javisor.host.Host;
import org.javisor.host.ProblemException;
import org.javisor.host.instance.InstanceSettings;
import org.javisor.image.Progress;
import org.javisor.server.HostServer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code javisor host} and its subcommands. */
@Command(
    name = "host",
    description = "The process of this host that owns its instances.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      HostCommand.Start.class,
      HostCommand.Stop.class,
      HostUpgradeCommand.class,
      HostCommand.Status.class,
      HostCommand.Token.class,
      HostPeersCommands.Join.class,
      HostPeersCommands.Ls.class,
      HostPeersCommands.Leave.class,
      HostPeersCommands.Evacuate.class,
      HostConfigCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  javisor host start                          in the background, on a Unix socket",
      "  javisor host start --listen 127.0.0.1:8443  for other clients too, with TLS",
      "  javisor host token laptop                   what a client needs to add itself",
      "  javisor host join TOKEN --as b              another host, to move instances to",
      "  javisor host status",
      "  javisor host upgrade                        to this version; machines run on",
      "  javisor host config javisor.overcommit.memory=1.5",
      "  javisor host stop"
    })
final class HostCommand implements Callable<Integer> {
  /** How long the machines have to end: their guests may have as long as they are given. */
  private static final Duration PATIENCE = Duration.ofSeconds(InstanceSettings.MAX_SECONDS + 60);

  @Mixin HelpOption help = new HelpOption();
  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        Objects.requireNonNull(spec).commandLine(),
        "host needs start, stop, upgrade, status, token, join, ls, leave, evacuate or config");
  }

  /** The host process of the data folder that this environment names. */
  static HostProcess process() {
    return new HostProcess(DataFolder.locate(System.getenv()), System.getenv());
  }

  /** A client of the host process, which is not started for it. */
  static HostClient running() throws InterruptedException {
    if (!process().isRunning()) {
      throw ProblemException.failed("no host process runs", "javisor host start", null);
    }
    return process().connect();
  }

  /** Ends the host process that runs, and waits until it has. */
  static void stop() throws InterruptedException {
    long pid;
    try (HostClient client = running()) {
      pid = client.get("/1.0").path("environment").path("server_pid").asLong();
    }
    Optional<ProcessHandle> process = ProcessHandle.of(pid);
    process.ifPresent(ProcessHandle::destroy);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (process.isPresent() && process.get().isAlive()) {
      if (System.nanoTime() > deadline) {
        throw ProblemException.failed(
            "the host process " + pid + " does not end", "kill -9 " + pid, null);
      }
      Thread.sleep(20);
    }
  }

  @Command(
      name = "start",
      description =
          "Start the host process. Commands that need one start it by themselves; this is for"
              + " options, and for service managers.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  javisor host start",
        "  javisor host start --listen 127.0.0.1:8443",
        "  javisor host start --foreground"
      })
  static final class Start implements Callable<Integer> {
    private static final int DEFAULT_PORT = 8443;

    @Mixin HelpOption help = new HelpOption();
    @Mixin MirrorOption place = new MirrorOption();

    @Option(names = "--foreground", description = "Stay here, and end with Ctrl-C.")
    boolean foreground;

    @Option(names = "--detach", hidden = true)
    boolean detach;

    @Option(names = "--take-over", hidden = true)
    boolean takeOver;

    @Option(
        names = "--listen",
        paramLabel = "ADDRESS[:PORT]",
        description =
            "Serve the API with TLS at this address too; without a port at 8443. Clients need a"
                + " token: javisor host token.")
    @Nullable String listen;

    @Override
    public Integer call() throws Exception {
      if (!foreground) {
        return inBackground();
      }
      if (detach) {
        // Ctrl-C in the terminal of whoever started it is not meant for it.
        Session.leave();
      }
      DataFolder data = DataFolder.open(DataFolder.locate(System.getenv()));
      HostServer.Settings settings =
          new HostServer.Settings(
              listen == null ? Optional.empty() : Optional.of(address(listen)),
              hostName(),
              VersionCommand.version());
      Host host = place.host(Progress.NONE);
      try (HostServer server =
          takeOver
              ? HostServer.takeOver(data, host, settings)
              : HostServer.start(data, host, settings)) {
        Words.say("serving " + HostServer.socket(data.root()));
        server.addresses().forEach(address -> Words.say("serving https://" + address));
        server.join();
      } catch (InterruptedException e) {
        return ExitCode.DONE; // How it is asked to end.
      }
      return ExitCode.DONE;
    }

    private Integer inBackground() throws InterruptedException {
      HostProcess process = process();
      if (process.isRunning()) {
        throw ProblemException.badInput(
            "the host process runs already", "see: javisor host status");
      }
      List<String> options = new ArrayList<>();
      if (listen != null) {
        address(listen); // Refused here rather than in the log.
        options.addAll(List.of("--listen", listen));
      }
      if (place.mirror != null) {
        options.addAll(List.of("--mirror", place.mirror));
      }
      process.start(options);
      Words.say("the host process runs; its log is " + process.log());
      return ExitCode.DONE;
    }

    private static InetSocketAddress address(String text) {
      int colon = text.lastIndexOf(':');
      boolean portless = colon < 0 || text.endsWith("]");
      String host = portless ? text : text.substring(0, colon);
      String port = portless ? String.valueOf(DEFAULT_PORT) : text.substring(colon + 1);
      if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535 || host.isEmpty()) {
        throw ProblemException.badInput(
            "'" + text + "' is not an address to listen at", "write it like 127.0.0.1:8443");
      }
      InetSocketAddress address = new InetSocketAddress(host, Integer.parseInt(port));
      if (address.isUnresolved()) {
        throw ProblemException.badInput("'" + host + "' is no address of this host", "");
      }
      return address;
    }

    private static String hostName() {
      try {
        return InetAddress.getLocalHost().getHostName();
      } catch (UnknownHostException e) {
        return "javisor";
      }
    }
  }

  @Command(
      name = "stop",
      description =
          "End the host process and its machines. Instances that were on start again with it.")
  static final class Stop implements Callable<Integer> {
    @Mixin HelpOption help = new HelpOption();

    @Override
    public Integer call() throws InterruptedException {
      stop();
      return ExitCode.DONE;
    }
  }

  @Command(name = "status", description = "Say whether the host process runs, and where.")
  static final class Status implements Callable<Integer> {
    @Mixin HelpOption help = new HelpOption();

    @Option(names = "--json", description = "Write the API's description of it.")
    boolean json;

    @Override
    public Integer call() throws InterruptedException {
      HostProcess process = process();
      if (!process.isRunning()) {
        Words.say("no host process runs");
        return ExitCode.FAILED;
      }
      try (HostClient client = process.connect()) {
        JsonNode host = client.get("/1.0");
        if (json) {
          System.out.println(host.toPrettyString());
          return ExitCode.DONE;
        }
        JsonNode environment = host.path("environment");
        Path data = DataFolder.locate(System.getenv());
        System.out.println("process  " + environment.path("server_pid").asLong());
        System.out.println("version  " + environment.path("server_version").asString());
        System.out.println("socket   " + HostServer.socket(data));
        environment
            .path("addresses")
            .forEach(address -> System.out.println("address  https://" + address.asString()));
        System.out.println("log      " + process.log());
        return ExitCode.DONE;
      }
    }
  }

  @Command(
      name = "token",
      description = {
        "Make a token by which a client, such as incus, adds itself to those the host trusts. It"
            + " works once, for 24 hours at most."
      },
      footerHeading = "%nExamples:%n",
      footer = {"  javisor host token laptop", "  incus remote add here TOKEN     on the client"})
  static final class Token implements Callable<Integer> {
    @Mixin HelpOption help = new HelpOption();

    @Parameters(paramLabel = "NAME", description = "What the client is to be called.")
    String name = "";

    @Override
    public Integer call() throws InterruptedException {
      try (HostClient client = running()) {
        JsonNode operation =
            client.begin(
                "POST",
                "/1.0/certificates",
                HostClient.object("type", "client", "name", name, "token", true));
        JsonNode said = operation.path("metadata");
        if (said.path("addresses").isEmpty()) {
          throw ProblemException.badInput(
              "the host process does not listen on the network",
              "javisor host stop; javisor host start --listen 127.0.0.1:8443");
        }
        System.out.println(JoinTokenText.of(name, said));
      }
      return ExitCode.DONE;
    }
  }
}
