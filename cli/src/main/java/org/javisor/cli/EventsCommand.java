package org.javisor.cli;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.javisor.cli.client.HostClient;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code javisor events}. */
@Command(
    name = "events",
    description = "Show what happens on this host, until Ctrl-C.",
    footerHeading = "%nExamples:%n",
    footer = {"  javisor events", "  javisor events --json --type operation,lifecycle"})
final class EventsCommand implements Callable<Integer> {
  private static final String END = "";

  @Mixin HelpOption help = new HelpOption();

  @Option(names = "--json", description = "Write each event as the API has it, a line each.")
  boolean json;

  @Option(
      names = "--type",
      paramLabel = "TYPES",
      defaultValue = "lifecycle",
      description = "lifecycle, operation, logging, or several; by default lifecycle.")
  String types = "lifecycle";

  @Override
  public Integer call() throws Exception {
    BlockingQueue<String> events = new LinkedBlockingQueue<>();
    try (HostClient client = HostCommand.process().connect()) {
      client.connect("/1.0/events?type=" + types, new Listener(events));
      String event = events.take();
      while (!event.equals(END)) {
        System.out.println(json ? event : line(HostClient.JSON.readTree(event)));
        event = events.take();
      }
    }
    return ExitCode.DONE;
  }

  private static String line(JsonNode event) {
    JsonNode said = event.path("metadata");
    String time = event.path("timestamp").asString().replaceAll("\\.[0-9]+Z", "Z");
    if (event.path("type").asString().equals("operation")) {
      return time
          + " operation "
          + said.path("description").asString()
          + ": "
          + said.path("status").asString()
          + " "
          + said.path("err").asString("");
    }
    String reason = said.path("context").path("reason").asString("");
    return time
        + " "
        + said.path("action").asString()
        + " "
        + said.path("name").asString()
        + (reason.isEmpty() ? "" : " (" + reason + ")");
  }

  /** Puts events into a queue. */
  public static final class Listener implements Session.Listener.AutoDemanding {
    private final BlockingQueue<String> events;

    Listener(BlockingQueue<String> events) {
      this.events = events;
    }

    @Override
    public void onWebSocketText(String event) {
      events.add(event);
    }

    @Override
    public void onWebSocketClose(int status, @Nullable String reason, Callback callback) {
      events.add(END);
      callback.succeed();
    }
  }
}
