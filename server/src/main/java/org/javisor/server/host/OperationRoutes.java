package org.javisor.server.host;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.javisor.server.http.Answer;
import org.javisor.server.http.ApiException;
import org.javisor.server.http.Call;
import org.javisor.server.http.Route;
import org.javisor.server.http.SocketStream;
import org.javisor.server.operation.Operation;
import org.javisor.server.operation.Operations;

/** {@code /1.0/operations}: background work, its state, its end, its WebSockets. */
public final class OperationRoutes {
  private static final String PATH = "/1.0/operations";
  private static final String ONE = PATH + "/{id}";

  private final Operations operations;

  /** Routes of these operations. */
  public OperationRoutes(Operations operations) {
    this.operations = operations;
  }

  /** The routes. A WebSocket of an operation needs its secret, and nothing else. */
  public List<Route> routes() {
    return List.of(
        Route.of("GET", PATH, this::list),
        Route.of("GET", ONE, call -> Answer.of(named(call).view())),
        Route.of("DELETE", ONE, this::cancel),
        Route.of("GET", ONE + "/wait", this::await),
        new Route("GET", ONE + "/websocket", Route.Access.EVERYBODY, this::connect));
  }

  private Operation named(Call call) {
    return operations
        .find(call.parameter("id"))
        .orElseThrow(() -> ApiException.notFound("there is no such operation"));
  }

  private Answer list(Call call) {
    boolean whole = call.recursion() > 0;
    Map<String, List<Object>> byStatus = new TreeMap<>();
    for (Operation operation : operations.all()) {
      Operation.View view = operation.view();
      byStatus
          .computeIfAbsent(view.status().toLowerCase(Locale.ROOT), _ -> new java.util.ArrayList<>())
          .add(whole ? view : operation.path());
    }
    return Answer.of(byStatus);
  }

  private Answer cancel(Call call) {
    Operation operation = named(call);
    if (!operation.cancel()) {
      throw ApiException.badRequest("this operation cannot be cancelled");
    }
    return Answer.done();
  }

  private Answer await(Call call) throws InterruptedException {
    Operation operation = named(call);
    String text = call.query("timeout");
    if (!text.matches("(-?[0-9]{1,8})?")) {
      throw ApiException.badRequest("timeout is a number of seconds");
    }
    call.waits();
    operation.await(text.isEmpty() ? -1 : Long.parseLong(text));
    return Answer.of(operation.view());
  }

  private Answer connect(Call call) {
    SocketStream socket = named(call).socket(call.query("secret"));
    if (socket == null) {
      throw new ApiException(403, "the secret is wrong, or was used already");
    }
    return new Answer.WebSocket(socket);
  }
}
