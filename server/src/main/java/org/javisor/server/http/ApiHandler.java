package org.javisor.server.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.javisor.host.NotFoundException;
import org.javisor.host.ProblemException;
import org.javisor.host.agent.AgentException;
import org.javisor.host.agent.GuestFileException;
import org.jspecify.annotations.Nullable;

/**
 * Takes requests to their routes and answers in the API's envelope: {@code {"type":"sync",...}} for
 * a result, {@code async} with status 202 for background work, {@code error} for what went wrong.
 */
public final class ApiHandler extends Handler.Abstract {
  private static final System.Logger LOG = System.getLogger(ApiHandler.class.getName());

  private final RouteTable routes;
  private final Function<Request, Caller> identify;
  private final Pacing pacing;

  /**
   * A handler of these routes.
   *
   * @param identify says who calls
   * @param pacing says when what a caller wants is done
   */
  public ApiHandler(RouteTable routes, Function<Request, Caller> identify, Pacing pacing) {
    this.routes = routes;
    this.identify = identify;
    this.pacing = pacing;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    try {
      Caller caller = identify.apply(request);
      try (Pacing.Work work = pacing.begin(caller)) {
        answer(request, response, callback, caller, work);
      }
    } catch (Throwable e) {
      error(response, callback, e);
    }
    return true;
  }

  private void answer(
      Request request, Response response, Callback callback, Caller caller, Pacing.Work work)
      throws Exception {
    RouteTable.Match match = routes.match(request.getMethod(), request.getHttpURI().getPath());
    if (match.route().access() == Route.Access.TRUSTED && !caller.trusted()) {
      throw new ApiException(403, "not authorized: this host does not trust your certificate");
    }
    Call call =
        new Call(
            request,
            match.parameters(),
            Request.extractQueryParameters(request),
            caller,
            work::waits);
    if (!call.query("project").isEmpty() && !call.query("project").equals("default")) {
      throw ApiException.notFound("there is no project " + call.query("project"));
    }
    switch (match.route().action().call(call)) {
      case Answer.Sync sync -> sync(response, callback, sync);
      case Answer.Background background -> background(response, callback, background.work());
      case Answer.Raw raw -> {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, raw.contentType());
        raw.headers().forEach(response.getHeaders()::put);
        response.write(true, ByteBuffer.wrap(raw.body()), callback);
      }
      case Answer.Listing listing -> {
        listing.headers().forEach(response.getHeaders()::put);
        sync(response, callback, new Answer.Sync(listing.metadata(), null, null));
      }
      case Answer.Stream stream -> {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, stream.contentType());
        stream.headers().forEach(response.getHeaders()::put);
        try (OutputStream target = Content.Sink.asOutputStream(response)) {
          stream.source().writeTo(target);
        }
        callback.succeeded();
      }
      case Answer.WebSocket webSocket -> upgrade(request, response, callback, webSocket.socket());
    }
  }

  private static void sync(Response response, Callback callback, Answer.Sync sync) {
    Map<String, @Nullable Object> envelope = envelope("sync", "Success", 200);
    envelope.put("metadata", sync.metadata());
    String etag = sync.etag();
    if (etag != null) {
      response.getHeaders().put(HttpHeader.ETAG, etag);
    }
    String location = sync.location();
    if (location != null) {
      response.getHeaders().put(HttpHeader.LOCATION, location);
    }
    write(response, callback, location == null ? 200 : 201, envelope);
  }

  private static void background(Response response, Callback callback, Answer.Ongoing work) {
    Map<String, @Nullable Object> envelope = envelope("async", "Operation created", 100);
    envelope.put("operation", work.path());
    envelope.put("metadata", work.view());
    response.getHeaders().put(HttpHeader.LOCATION, work.path());
    write(response, callback, 202, envelope);
  }

  private static void upgrade(
      Request request, Response response, Callback callback, SocketStream socket)
      throws IOException {
    ServerWebSocketContainer container = ServerWebSocketContainer.get(request.getContext());
    if (container == null) {
      throw new IllegalStateException("the server has no WebSockets");
    }
    if (!container.upgrade((_, _, _) -> socket, request, response, callback)) {
      throw ApiException.badRequest("this path is for WebSockets");
    }
  }

  private static void error(Response response, Callback callback, Throwable cause) {
    if (response.isCommitted()) {
      callback.failed(cause);
      return;
    }
    int status;
    String message;
    switch (cause) {
      case ApiException known -> {
        status = known.status();
        message = String.valueOf(known.getMessage());
      }
      case NotFoundException unknown -> {
        status = 404;
        message = String.valueOf(unknown.getMessage());
      }
      case ProblemException known -> {
        status =
            switch (known.problem().kind()) {
              case BAD_INPUT -> 400;
              case HOST_LACKS -> 503;
              case FAILED -> 409;
            };
        message = known.problem().line();
      }
      case GuestFileException unknown -> {
        status = unknown.absent() ? 404 : 403;
        message = String.valueOf(unknown.getMessage());
      }
      case AgentException agent -> {
        status = 409;
        message = String.valueOf(agent.getMessage());
      }
      case HttpException wrong -> {
        status = wrong.getCode();
        message = "the request cannot be read: " + wrong.getReason();
      }
      case IOException broken -> {
        // The caller's connection broke, or sent what is no HTTP.
        status = 400;
        message = "the request could not be read: " + broken.getMessage();
      }
      default -> {
        LOG.log(System.Logger.Level.ERROR, "a call failed", cause);
        status = 500;
        message = "this is a bug in javisor: " + cause;
      }
    }
    error(response, callback, status, message);
  }

  static void error(Response response, Callback callback, int status, String message) {
    Map<String, @Nullable Object> envelope = envelope("error", "", 0);
    envelope.put("error_code", status);
    envelope.put("error", message);
    envelope.put("metadata", null);
    write(response, callback, status, envelope);
  }

  private static Map<String, @Nullable Object> envelope(String type, String status, int code) {
    Map<String, @Nullable Object> envelope = new LinkedHashMap<>();
    envelope.put("type", type);
    envelope.put("status", status);
    envelope.put("status_code", code);
    envelope.put("operation", "");
    envelope.put("error_code", 0);
    envelope.put("error", "");
    return envelope;
  }

  private static void write(Response response, Callback callback, int status, Object body) {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    ByteBuffer bytes = ByteBuffer.wrap(Json.write(body));
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, BufferUtil.length(bytes));
    response.write(true, bytes, callback);
  }
}
