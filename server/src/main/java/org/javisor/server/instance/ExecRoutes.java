package org.javisor.server.instance;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.javisor.host.TerminalSize;
import org.javisor.host.agent.ExecRequest;
import org.javisor.host.agent.ExecSession;
import org.javisor.host.agent.GuestAgent;
import org.javisor.host.instance.HostedInstance;
import org.javisor.host.instance.InstanceStore;
import org.javisor.server.api.InstanceRequests;
import org.javisor.server.http.Answer;
import org.javisor.server.http.ApiException;
import org.javisor.server.http.Call;
import org.javisor.server.http.Json;
import org.javisor.server.http.Route;
import org.javisor.server.http.SocketStream;
import org.javisor.server.operation.Operation;
import org.javisor.server.operation.Operations;
import org.jspecify.annotations.Nullable;

/**
 * {@code /1.0/instances/NAME/exec}: commands in a running guest, by its agent. The streams are
 * WebSockets: 0, 1 and 2, or with a terminal 0 alone for both directions; on {@code control} the
 * client sends the terminal's size and signals. An empty text is the end of standard input.
 */
public final class ExecRoutes {
  /**
   * How long a machine may take to boot until its agent listens: many that boot at once have few
   * processors between them.
   */
  private static final Duration BOOT = Duration.ofMinutes(15);

  /** How long the agent of a machine that has booted is waited for. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** After this a client is told that it is waited for. */
  private static final Duration PROMPT = Duration.ofSeconds(2);

  private static final String STDIN = "0";
  private static final String STDOUT = "1";
  private static final String STDERR = "2";
  private static final String CONTROL = "control";

  private final InstanceStore instances;
  private final Operations operations;

  /** Routes of these instances' commands. */
  public ExecRoutes(InstanceStore instances, Operations operations) {
    this.instances = instances;
    this.operations = operations;
  }

  /** What a client sends on the control connection. */
  record Control(
      @Nullable String command, @Nullable Map<String, String> args, @Nullable Integer signal) {}

  /** The routes. */
  public List<Route> routes() {
    return List.of(Route.of("POST", "/1.0/instances/{name}/exec", this::exec));
  }

  private Answer exec(Call call) throws IOException {
    HostedInstance instance = instances.get(call.parameter("name"));
    InstanceRequests.Exec request = call.body(InstanceRequests.Exec.class);
    ExecRequest command = command(request);
    GuestAgent agent = instance.requireAgent();
    if (request.recordOutput()) {
      throw ApiException.badRequest("output is not recorded here: read it from the WebSockets");
    }
    NamedSockets sockets =
        new NamedSockets(
            !request.waitForWebsocket()
                ? List.of()
                : request.interactive()
                    ? List.of(STDIN, CONTROL)
                    : List.of(STDIN, STDOUT, STDERR, CONTROL));
    Map<String, String> fds = sockets.secrets();
    return new Answer.Background(
        operations.begin(
            request.waitForWebsocket() ? Operation.Kind.WEBSOCKET : Operation.Kind.TASK,
            "Executing command",
            InstanceRoutes.resources(instance.name()),
            sockets.bySecret(),
            fds.isEmpty()
                ? Map.of()
                : Map.of(
                    "fds", fds, "command", command.command(), "interactive", request.interactive()),
            operation -> run(operation, agent, patience(instance), command, sockets.byName())));
  }

  private static Duration patience(HostedInstance instance) {
    Duration left =
        instance
            .startedAt()
            .map(start -> BOOT.minus(Duration.between(start, Instant.now())))
            .orElse(PATIENCE);
    return left.compareTo(PATIENCE) > 0 ? left : PATIENCE;
  }

  private static ExecRequest command(InstanceRequests.Exec request) {
    List<String> words = Objects.requireNonNullElse(request.command(), List.of());
    Optional<ExecRequest.User> user =
        request.user() == 0 && request.group() == 0
            ? Optional.empty()
            : Optional.of(new ExecRequest.User(request.user(), request.group()));
    ExecRequest command =
        new ExecRequest(
            words,
            Objects.requireNonNullElse(request.environment(), Map.of()),
            Optional.ofNullable(request.cwd()).filter(folder -> !folder.isEmpty()),
            user,
            Optional.empty());
    return request.interactive()
        ? command.onTerminal(size(request.width(), request.height()))
        : command;
  }

  private static TerminalSize size(int width, int height) {
    int most = 10_000;
    return new TerminalSize(
        height <= 0 || height > most ? 24 : height, width <= 0 || width > most ? 80 : width);
  }

  private static void run(
      Operation operation,
      GuestAgent agent,
      Duration patience,
      ExecRequest command,
      Map<String, SocketStream> sockets)
      throws IOException, InterruptedException {
    try {
      if (!agent.await(PROMPT)) {
        operation.say("waiting", "for the agent in the guest");
        if (!agent.await(patience)) {
          throw ApiException.badRequest("no agent in the guest answers: has it booted?");
        }
        operation.forget("waiting");
      }
      for (SocketStream socket : sockets.values()) {
        socket.awaitOpen();
      }
      try (ExecSession session = agent.exec(command)) {
        operation.say("return", serve(session, sockets));
      }
    } finally {
      sockets.values().forEach(SocketStream::close);
    }
  }

  private static int serve(ExecSession session, Map<String, SocketStream> sockets)
      throws IOException, InterruptedException {
    SocketStream in = sockets.get(STDIN);
    SocketStream control = sockets.get(CONTROL);
    if (in == null) {
      session.stdin().close();
      Thread errors = Thread.ofVirtual().start(() -> send(session.stderr(), null));
      send(session.stdout(), null);
      errors.join();
      return session.await().shellCode();
    }
    Thread input = Thread.ofVirtual().name("exec input").start(() -> receive(in, session));
    Thread commands = Thread.ofVirtual().name("exec control").start(() -> obey(control, session));
    SocketStream error = sockets.get(STDERR);
    Thread errors =
        Thread.ofVirtual().name("exec error").start(() -> send(session.stderr(), error));
    try {
      send(session.stdout(), sockets.getOrDefault(STDOUT, in));
      errors.join();
      return session.await().shellCode();
    } finally {
      input.interrupt();
      commands.interrupt();
    }
  }

  /** To the end of the output, or until the client has gone: then the rest is read for nobody. */
  private static void send(InputStream output, @Nullable SocketStream to) {
    byte[] part = new byte[32 * 1024];
    SocketStream client = to;
    try (output) {
      int count = output.read(part);
      while (count >= 0) {
        if (client != null) {
          try {
            client.send(part, 0, count);
          } catch (IOException e) {
            client = null;
          }
        }
        count = output.read(part);
      }
    } catch (IOException e) {
      return; // The machine is gone, which the command's end tells.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (to != null) {
        to.close();
      }
    }
  }

  private static void receive(SocketStream from, ExecSession session) {
    try {
      OutputStream input = session.stdin();
      while (true) {
        switch (from.take()) {
          case SocketStream.Message.Binary binary -> {
            input.write(binary.bytes());
            input.flush();
          }
          case SocketStream.Message.Text text -> {
            if (text.text().isEmpty()) {
              input.close();
              return;
            }
            input.write(text.text().getBytes(StandardCharsets.UTF_8));
          }
          case SocketStream.Message.End end -> {
            input.close();
            return;
          }
        }
      }
    } catch (IOException e) {
      return; // The command reads no more.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void obey(@Nullable SocketStream control, ExecSession session) {
    try {
      while (control != null) {
        String text;
        switch (control.take()) {
          case SocketStream.Message.Text words -> text = words.text();
          case SocketStream.Message.Binary words ->
              text = new String(words.bytes(), StandardCharsets.UTF_8);
          case SocketStream.Message.End end -> {
            return;
          }
        }
        obey(Json.read(text.getBytes(StandardCharsets.UTF_8), Control.class), session);
      }
    } catch (IOException | ApiException e) {
      return; // What is no command is not obeyed, nor what comes after it.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void obey(Control words, ExecSession session)
      throws IOException, InterruptedException {
    switch (Objects.requireNonNullElse(words.command(), "")) {
      case "window-resize" -> {
        Map<String, String> size = Objects.requireNonNullElse(words.args(), Map.of());
        session.resize(size(number(size.get("width")), number(size.get("height"))));
      }
      case "signal" -> {
        int signal = Objects.requireNonNullElse(words.signal(), 0);
        if (signal >= 1 && signal <= 64) {
          session.signal(signal);
        }
      }
      default -> throw ApiException.badRequest("there is no such command");
    }
  }

  private static int number(@Nullable String text) {
    return text != null && text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
  }
}
