package org.javisor.server.instance;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.javisor.host.CommandRun;
import org.javisor.host.GuestCommand;
import org.javisor.host.Host;
import org.javisor.host.MachineEnd;
import org.javisor.host.ProblemException;
import org.javisor.host.TerminalSize;
import org.javisor.host.instance.ForegroundRun;
import org.javisor.host.instance.InstanceConfig;
import org.javisor.host.instance.InstanceSettings;
import org.javisor.host.instance.InstanceStore;
import org.javisor.host.instance.Profile;
import org.javisor.image.Image;
import org.javisor.server.api.InstanceRequests;
import org.javisor.server.http.Answer;
import org.javisor.server.http.ApiException;
import org.javisor.server.http.Call;
import org.javisor.server.http.Route;
import org.javisor.server.http.SocketStream;
import org.javisor.server.operation.Operation;
import org.javisor.server.operation.Operations;

/**
 * {@code /1.0/host/runs}: a machine for one command or one person at its console, gone afterwards.
 * The streams are the WebSockets 0, 1 and 2. The machine lives as long as its client: when {@code
 * control} ends, however that comes about, it is switched off and deleted. On {@code control} the
 * host says {@code input} when the guest is ready for what is typed.
 */
public final class RunRoutes {
  /** What {@code control} says when standard input is wanted. */
  public static final String INPUT = "input";

  /** How long a client has to open its WebSockets. */
  private static final Duration OPENING = Duration.ofSeconds(30);

  private static final String STDIN = "0";
  private static final String STDOUT = "1";
  private static final String STDERR = "2";
  private static final String CONTROL = "control";
  private static final List<String> SOCKETS = List.of(STDIN, STDOUT, STDERR, CONTROL);

  private final Host host;
  private final InstanceStore instances;
  private final Operations operations;

  /** Routes of runs among these instances. */
  public RunRoutes(Host host, InstanceStore instances, Operations operations) {
    this.host = host;
    this.instances = instances;
    this.operations = operations;
  }

  /** The routes. */
  public List<Route> routes() {
    return List.of(Route.of("POST", "/1.0/host/runs", this::run));
  }

  private Answer run(Call call) throws IOException, InterruptedException {
    InstanceRequests.Run request = call.body(InstanceRequests.Run.class);
    String image = Objects.requireNonNullElse(request.image(), "");
    Optional<Image> here = Host.explained(() -> host.images().find(image));
    if (here.isEmpty()) {
      throw ApiException.badRequest("the image '" + image + "' is not here: create it first");
    }
    Optional<GuestCommand> command = command(request);
    InstanceConfig config = config(request);
    String name = "run-" + InstanceNames.fresh(free -> instances.find("run-" + free).isPresent());
    InstanceSettings.of(config).spec(name, image);
    NamedSockets sockets = new NamedSockets(SOCKETS);
    return new Answer.Background(
        operations.begin(
            Operation.Kind.WEBSOCKET,
            "Running in the foreground",
            InstanceRoutes.resources(name),
            sockets.bySecret(),
            Map.of("fds", sockets.secrets()),
            operation -> run(operation, sockets, command, request.verbose(), name, image, config)));
  }

  /**
   * It has a card that leads nowhere, as a machine of {@code run} has it in a process of its own.
   */
  private static InstanceConfig config(InstanceRequests.Run request) {
    Map<String, Map<String, String>> devices = new HashMap<>();
    if (request.disk() != null) {
      devices.put(
          "root", Map.of("type", "disk", "path", "/", "pool", "default", "size", request.disk()));
    }
    devices.put("eth0", Map.of("type", "none"));
    return new InstanceConfig(
        InstanceConfig.VERSION,
        "",
        true,
        Instant.now(),
        Objects.requireNonNullElse(request.config(), Map.of()),
        devices,
        List.of(Profile.DEFAULT),
        false);
  }

  private static Optional<GuestCommand> command(InstanceRequests.Run request) {
    List<byte[]> arguments = Objects.requireNonNullElse(request.command(), List.of());
    if (arguments.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new GuestCommand(
            arguments,
            Objects.requireNonNullElse(request.environment(), Map.of()),
            Optional.ofNullable(request.cwd()),
            request.interactive(),
            size(request.width(), request.height())));
  }

  private static Optional<TerminalSize> size(int width, int height) {
    int most = 10_000;
    return width <= 0 || height <= 0 || width > most || height > most
        ? Optional.empty()
        : Optional.of(new TerminalSize(height, width));
  }

  private void run(
      Operation operation,
      NamedSockets sockets,
      Optional<GuestCommand> command,
      boolean verbose,
      String name,
      String image,
      InstanceConfig config)
      throws IOException, InterruptedException {
    try {
      for (SocketStream socket : sockets.byName().values()) {
        socket.awaitOpen(OPENING);
      }
      SocketStream control = sockets.get(CONTROL);
      Thread.ofVirtual().name("run control").start(() -> endWith(control, operation));
      CommandRun.Streams streams =
          new CommandRun.Streams(
              SocketStreams.input(sockets.get(STDIN), () -> askForInput(control)),
              SocketStreams.output(sockets.get(STDOUT)),
              SocketStreams.output(sockets.get(STDERR)));
      ForegroundRun run = new ForegroundRun(instances, command, verbose, streams);
      switch (run.run(name, image, config)) {
        case ForegroundRun.End.Exited exited -> operation.say("return", exited.code());
        case ForegroundRun.End.OutputGone gone -> operation.say("output_gone", true);
        case ForegroundRun.End.MachineEnded ended -> operation.say("end", view(ended.how()));
      }
    } catch (ProblemException e) {
      operation.say("problem", e.problem().kind().name().toLowerCase(Locale.ROOT));
      throw e;
    } finally {
      sockets.byName().values().forEach(SocketStream::close);
    }
  }

  private static Map<String, Object> view(MachineEnd how) {
    return Map.of(
        "kind",
        how.kind().name().toLowerCase(Locale.ROOT),
        "words",
        how.words(),
        "ready",
        how.ready(),
        "console",
        how.lastLines());
  }

  private static void askForInput(SocketStream control) {
    try {
      control.send(INPUT);
    } catch (IOException e) {
      return; // The client has gone, which ends the run.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The machine is there for its client alone. */
  private static void endWith(SocketStream control, Operation operation) {
    try {
      SocketStream.Message said = control.take();
      while (!(said instanceof SocketStream.Message.End)) {
        said = control.take(); // It has nothing to say but that it is there.
      }
      operation.cancel();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
