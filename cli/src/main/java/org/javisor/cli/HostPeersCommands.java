package org.javisor.cli;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.javisor.cli.client.HostClient;
import org.javisor.host.ProblemException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Commands about other hosts, which instances move to and come from. */
final class HostPeersCommands {
  private static final String PATH = "/1.0/host/peers";

  private HostPeersCommands() {}

  /** {@code javisor host join}. */
  @Command(
      name = "join",
      description = {
        "Join another host, so that instances can move between the two. Both have to listen:"
            + " javisor host start --listen."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  javisor host token a                  on host b: it prints a token",
        "  javisor host join TOKEN --as b        on host a: they are called a and b from now on"
      })
  static final class Join implements Callable<Integer> {
    @Mixin HelpOption help = new HelpOption();

    @Parameters(paramLabel = "TOKEN", description = "From javisor host token, on the other host.")
    String token = "";

    @Option(
        names = "--as",
        required = true,
        paramLabel = "NAME",
        description = "What the other host is to be called here.")
    String name = "";

    @Override
    public Integer call() throws InterruptedException {
      try (HostClient client = HostCommand.running()) {
        client.call("POST", PATH, HostClient.object("name", name, "token", token));
      }
      Words.say("joined " + name + "; try: javisor move NAME --to " + name + " --dry-run");
      return ExitCode.DONE;
    }
  }

  /** {@code javisor host ls}. */
  @Command(name = "ls", description = "List the hosts that this one has joined.")
  static final class Ls implements Callable<Integer> {
    @Mixin HelpOption help = new HelpOption();

    @Option(names = "--json", description = "Write the API's list of them.")
    boolean json;

    @Override
    public Integer call() throws InterruptedException {
      try (HostClient client = HostCommand.running()) {
        JsonNode peers = client.get(PATH);
        if (json) {
          System.out.println(peers.toPrettyString());
          return ExitCode.DONE;
        }
        System.out.printf(Locale.ROOT, "%-20s %-30s %s%n", "NAME", "ADDRESS", "FINGERPRINT");
        for (JsonNode peer : peers) {
          System.out.printf(
              Locale.ROOT,
              "%-20s %-30s %s%n",
              peer.path("name").asString(),
              peer.path("addresses").path(0).asString("-"),
              peer.path("fingerprint").asString().substring(0, 12));
        }
      }
      return ExitCode.DONE;
    }
  }

  /** {@code javisor host leave}. */
  @Command(
      name = "leave",
      description = "Forget a host that this one has joined, and trust it no longer.")
  static final class Leave implements Callable<Integer> {
    @Mixin HelpOption help = new HelpOption();

    @Parameters(paramLabel = "NAME", description = "The other host.")
    String name = "";

    @Override
    public Integer call() throws InterruptedException {
      try (HostClient client = HostCommand.running()) {
        client.call("DELETE", PATH + "/" + HostClient.encoded(name), null);
      }
      return ExitCode.DONE;
    }
  }

  /** {@code javisor host evacuate}. */
  @Command(
      name = "evacuate",
      description =
          "Move all running instances to another host, one after the other, so that this one can be"
              + " switched off. Those that cannot be moved stay, and are named.",
      footerHeading = "%nExample:%n",
      footer = "  javisor host evacuate --to b")
  static final class Evacuate implements Callable<Integer> {
    @Mixin HelpOption help = new HelpOption();

    @Option(names = "--to", required = true, paramLabel = "HOST", description = "The other host.")
    String target = "";

    @Override
    public Integer call() throws InterruptedException {
      int left = 0;
      try (HostClient client = HostCommand.running()) {
        client.get(PATH + "/" + HostClient.encoded(target)); // Refused here if it is not known.
        for (JsonNode instance : client.get("/1.0/instances?recursion=1")) {
          String name = instance.path("name").asString();
          if (instance.path("status").asString().equals("Stopped")) {
            continue;
          }
          try {
            JsonNode said = MoveCommand.move(client, name, target, Map.of());
            MoveCommand.tell(name, target, said.path("report"));
          } catch (ProblemException e) {
            Words.say(e.problem().line());
            left++;
          }
        }
      }
      return left == 0 ? ExitCode.DONE : ExitCode.FAILED;
    }
  }
}
