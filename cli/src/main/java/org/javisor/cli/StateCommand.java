package org.javisor.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.javisor.cli.client.HostClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands that turn instances on and off, one class for each. */
abstract sealed class StateCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();

  @Parameters(arity = "1..*", paramLabel = "NAME", description = "Instances.")
  List<String> names = List.of();

  /** The API's word for what is to happen. */
  abstract String action();

  boolean force() {
    return false;
  }

  int timeout() {
    return 0;
  }

  @Override
  public Integer call() throws InterruptedException {
    try (HostClient client = HostCommand.process().connect()) {
      for (String name : names) {
        client.run(
            "PUT",
            "/1.0/instances/" + HostClient.encoded(name) + "/state",
            HostClient.object("action", action(), "force", force(), "timeout", timeout()));
      }
    }
    return ExitCode.DONE;
  }

  /** {@code javisor start}. */
  @Command(
      name = "start",
      description = "Start instances.",
      footerHeading = "%nExample:%n",
      footer = "  javisor start web db")
  static final class Start extends StateCommand {
    @Override
    String action() {
      return "start";
    }
  }

  /** Commands that have the guest shut down first. */
  abstract static sealed class Ending extends StateCommand {
    @Option(
        names = {"-f", "--force"},
        description = "Pull the plug instead of asking the guest to shut down.")
    boolean force;

    @Option(
        names = "--timeout",
        paramLabel = "SECONDS",
        defaultValue = "90",
        description = "How long the guest has for it; by default 90.")
    int timeout;

    @Override
    boolean force() {
      return force;
    }

    @Override
    int timeout() {
      return timeout;
    }
  }

  /** {@code javisor stop}. */
  @Command(
      name = "stop",
      description = "Stop instances: their guests are asked to shut down.",
      footerHeading = "%nExamples:%n",
      footer = {"  javisor stop web", "  javisor stop --force web"})
  static final class Stop extends Ending {
    @Override
    String action() {
      return "stop";
    }
  }

  /** {@code javisor restart}. */
  @Command(
      name = "restart",
      description = "Stop instances and start them again.",
      footerHeading = "%nExample:%n",
      footer = "  javisor restart web")
  static final class Restart extends Ending {
    @Override
    String action() {
      return "restart";
    }
  }

  /** {@code javisor pause}. */
  @Command(
      name = "pause",
      description = "Make instances stand still: CPUs, devices and clock.",
      footerHeading = "%nExample:%n",
      footer = "  javisor pause web")
  static final class Pause extends StateCommand {
    @Override
    String action() {
      return "freeze";
    }
  }

  /** {@code javisor resume}. */
  @Command(
      name = "resume",
      description = "Let paused instances go on.",
      footerHeading = "%nExample:%n",
      footer = "  javisor resume web")
  static final class Resume extends StateCommand {
    @Override
    String action() {
      return "unfreeze";
    }
  }
}
