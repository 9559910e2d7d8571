package org.javisor.server.instance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.javisor.host.Instance;
import org.javisor.host.instance.ConsoleHub;
import org.javisor.host.instance.HostedInstance;
import org.javisor.host.instance.InstanceStore;
import org.javisor.server.api.InstanceRequests;
import org.javisor.server.http.Answer;
import org.javisor.server.http.ApiException;
import org.javisor.server.http.Call;
import org.javisor.server.http.Route;
import org.javisor.server.http.SocketStream;
import org.javisor.server.operation.Operation;
import org.javisor.server.operation.Operations;

/** {@code /1.0/instances/NAME/console}: the serial console, its log, and somebody at its keys. */
public final class ConsoleRoutes {
  private static final String PATH = "/1.0/instances/{name}/console";

  private final InstanceStore instances;
  private final Operations operations;

  /** Routes of these instances' consoles. */
  public ConsoleRoutes(InstanceStore instances, Operations operations) {
    this.instances = instances;
    this.operations = operations;
  }

  /** The routes. */
  public List<Route> routes() {
    return List.of(
        Route.of("GET", PATH, this::log),
        Route.of("POST", PATH, this::connect),
        Route.of("DELETE", PATH, this::forget));
  }

  private Answer log(Call call) throws IOException {
    HostedInstance instance = instances.get(call.parameter("name"));
    return new Answer.Raw("application/octet-stream", Map.of(), instance.console().lately());
  }

  private Answer forget(Call call) throws IOException {
    instances.get(call.parameter("name")).console().forget();
    return Answer.done();
  }

  private Answer connect(Call call) throws IOException {
    HostedInstance instance = instances.get(call.parameter("name"));
    InstanceRequests.Console request = call.body(InstanceRequests.Console.class);
    String type = Objects.requireNonNullElse(request.type(), "console");
    if (!type.isEmpty() && !type.equals("console")) {
      throw ApiException.badRequest("there is no " + type + " console here, only a serial one");
    }
    Instance machine = instance.requireMachine();
    NamedSockets sockets = new NamedSockets(List.of("0", "control"));
    Operation operation =
        operations.begin(
            Operation.Kind.WEBSOCKET,
            "Showing console",
            InstanceRoutes.resources(instance.name()),
            sockets.bySecret(),
            Map.of("fds", sockets.secrets()),
            running ->
                serve(instance.console(), machine, sockets.get("0"), sockets.get("control")));
    return new Answer.Background(operation);
  }

  private static void serve(
      ConsoleHub console, Instance machine, SocketStream data, SocketStream control)
      throws IOException, InterruptedException {
    try (ConsoleHub.View view = console.open()) {
      data.awaitOpen();
      Thread output = Thread.ofVirtual().name("console output").start(() -> show(view, data));
      Thread end = Thread.ofVirtual().name("console end").start(() -> awaitMachine(machine, view));
      Thread detach =
          Thread.ofVirtual().name("console detach").start(() -> awaitEnd(control, view));
      try {
        while (true) {
          byte[] keys;
          switch (data.take()) {
            case SocketStream.Message.Binary binary -> keys = binary.bytes();
            case SocketStream.Message.Text text ->
                keys = text.text().getBytes(StandardCharsets.UTF_8);
            case SocketStream.Message.End gone -> {
              return;
            }
          }
          if (!machine.type(keys, 0, keys.length)) {
            return;
          }
        }
      } finally {
        output.interrupt();
        end.interrupt();
        detach.interrupt();
        data.close();
        control.close();
      }
    }
  }

  private static void show(ConsoleHub.View view, SocketStream data) {
    byte[] part = new byte[8192];
    try {
      int count = view.read(part);
      while (count >= 0) {
        data.send(part, 0, count);
        count = view.read(part);
      }
      data.close();
    } catch (IOException e) {
      view.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A client that detaches closes the control socket alone, and waits for the operation's end. */
  private static void awaitEnd(SocketStream control, ConsoleHub.View view) {
    try {
      control.awaitOpen();
      SocketStream.Message message = control.take();
      while (!(message instanceof SocketStream.Message.End)) {
        message = control.take(); // The size of its terminal: a serial line has none.
      }
    } catch (IOException e) {
      // As good as closed.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    view.close();
  }

  private static void awaitMachine(Instance machine, ConsoleHub.View view) {
    try {
      machine.awaitStop();
      machine.awaitConsoleWritten();
      view.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
