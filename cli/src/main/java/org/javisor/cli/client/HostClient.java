package org.javisor.cli.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.BytesRequestContent;
import org.eclipse.jetty.client.CompletableResponseListener;
import org.eclipse.jetty.client.ContentResponse;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.InputStreamRequestContent;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.client.Origin;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.io.Transport;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.client.ClientUpgradeRequest;
import org.eclipse.jetty.websocket.client.WebSocketClient;
import org.javisor.host.Problem;
import org.javisor.host.ProblemException;
import org.javisor.server.http.SocketStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Talks to the host process of a data folder over its Unix socket. */
public final class HostClient implements AutoCloseable {
  /** JSON of requests and answers. */
  public static final JsonMapper JSON = JsonMapper.builder().build();

  private static final int MAX_ANSWER = 64 << 20;
  private static final long CONNECT_SECONDS = 10;

  /** HTTP/1.1 whose every connection goes to a Unix socket, WebSockets' too. */
  private static final class UnixTransport extends HttpClientTransportOverHTTP {
    private final Transport transport;

    UnixTransport(Path socket) {
      transport = new Transport.TCPUnix(socket);
    }

    @Override
    public Origin newOrigin(Request request) {
      Origin origin = super.newOrigin(request);
      return new Origin(
          origin.getScheme(),
          origin.getAddress(),
          origin.getTag(),
          origin.getProtocol(),
          transport);
    }
  }

  private final HttpClient http;
  private @Nullable WebSocketClient webSockets;

  private HostClient(HttpClient http) {
    this.http = http;
  }

  /**
   * A client of the process that listens at this socket.
   *
   * @throws ProblemException if none does
   */
  public static HostClient at(Path socket) {
    HttpClient http = new HttpClient(new UnixTransport(socket));
    http.setFollowRedirects(false);
    try {
      http.start();
    } catch (Exception e) {
      throw ProblemException.failed("the HTTP client does not start: " + e.getMessage(), "", e);
    }
    return new HostClient(http);
  }

  /** A piece of a path, with what has a meaning there encoded. */
  public static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** What is at a path. */
  public JsonNode get(String path) throws InterruptedException {
    return call("GET", path, null).path("metadata");
  }

  /** The bytes at a path. */
  public byte[] bytes(String path) throws InterruptedException {
    ContentResponse response = send(request("GET", path));
    if (response.getStatus() >= 400) {
      throw problem(JSON.readTree(response.getContent()));
    }
    return response.getContent();
  }

  /** The headers of what is at a path; empty if there is nothing. */
  public Optional<Map<String, String>> headers(String path) throws InterruptedException {
    ContentResponse response = send(request("HEAD", path));
    if (response.getStatus() == 404) {
      return Optional.empty();
    }
    if (response.getStatus() >= 400) {
      // A HEAD's error has no text; a GET's has.
      bytes(path);
    }
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    response.getHeaders().forEach(field -> headers.put(field.getName(), field.getValue()));
    return Optional.of(headers);
  }

  /** Copies what is at a path, of any length, into a stream. */
  public void download(String path, OutputStream target) throws IOException, InterruptedException {
    InputStreamResponseListener listener = new InputStreamResponseListener();
    request("GET", path).send(listener);
    try {
      Response response = listener.get(1, TimeUnit.DAYS);
      try (InputStream content = listener.getInputStream()) {
        if (response.getStatus() >= 400) {
          throw problem(JSON.readTree(content.readAllBytes()));
        }
        content.transferTo(target);
      }
    } catch (TimeoutException | ExecutionException e) {
      throw new IOException("the host process does not answer", e);
    }
  }

  /** Sends a stream, of any length, to a path; the metadata of the answer. */
  public JsonNode upload(String path, Map<String, String> headers, InputStream content)
      throws InterruptedException {
    Request request = request("POST", path);
    request.headers(fields -> headers.forEach(fields::put));
    request.body(new InputStreamRequestContent("application/octet-stream", content, null));
    ContentResponse response = send(request);
    JsonNode answer = JSON.readTree(response.getContent());
    if (response.getStatus() >= 400) {
      throw problem(answer);
    }
    return answer.path("metadata");
  }

  /** Calls a route that answers at once; the metadata of its answer. */
  public JsonNode call(String method, String path, @Nullable Object body, String... headers)
      throws InterruptedException {
    Request request = request(method, path);
    for (int i = 0; i + 1 < headers.length; i += 2) {
      String name = headers[i];
      String value = headers[i + 1];
      request.headers(fields -> fields.put(name, value));
    }
    if (body != null) {
      request.body(new BytesRequestContent("application/json", JSON.writeValueAsBytes(body)));
    }
    ContentResponse response = send(request);
    JsonNode answer;
    try {
      answer = JSON.readTree(response.getContent());
    } catch (tools.jackson.core.JacksonException e) {
      throw ProblemException.failed(
          "the host answered with status " + response.getStatus() + " and no JSON", "", e);
    }
    if (answer.path("type").asString("").equals("error")) {
      throw problem(answer);
    }
    return answer;
  }

  /** Begins an operation; its first state. */
  public JsonNode begin(String method, String path, @Nullable Object body)
      throws InterruptedException {
    return call(method, path, body).path("metadata");
  }

  /**
   * Begins an operation and waits for its end.
   *
   * @return its last state
   * @throws ProblemException if it fails
   * @throws InterruptedException if interrupted; it is asked to end then
   */
  public JsonNode run(String method, String path, @Nullable Object body)
      throws InterruptedException {
    return await(begin(method, path, body).path("id").asString());
  }

  /** Waits for the end of an operation. */
  public JsonNode await(String id) throws InterruptedException {
    JsonNode end;
    try {
      end = get("/1.0/operations/" + id + "/wait?timeout=-1");
    } catch (InterruptedException e) {
      cancel(id);
      throw e;
    }
    if (end.path("status_code").asInt() != 200) {
      throw ProblemException.failed(end.path("err").asString("it failed"), "", null);
    }
    return end;
  }

  /** Asks an operation to end, without waiting for it. */
  void cancel(String id) {
    Request request = request("DELETE", "/1.0/operations/" + id);
    request.send(result -> {});
    try {
      TimeUnit.MILLISECONDS.sleep(200);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Opens a WebSocket. */
  public Session connect(String path, Session.Listener listener)
      throws IOException, InterruptedException {
    try {
      WebSocketClient client = webSockets;
      if (client == null) {
        client = new WebSocketClient(http);
        client.start();
        webSockets = client;
      }
      ClientUpgradeRequest request = new ClientUpgradeRequest(URI.create("ws://localhost" + path));
      return client.connect(listener, request).get(CONNECT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw e;
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the host does not open the connection: " + e.getMessage(), e);
    } catch (Exception e) {
      throw new IOException("the WebSocket client does not start", e);
    }
  }

  /**
   * Opens a WebSocket of an operation.
   *
   * @param operation as it was begun
   * @param name what the operation calls it: 0, 1, 2 or control
   */
  public SocketStream socket(JsonNode operation, String name)
      throws IOException, InterruptedException {
    SocketStream socket = new SocketStream();
    connect(
        "/1.0/operations/"
            + operation.path("id").asString()
            + "/websocket?secret="
            + operation.path("metadata").path("fds").path(name).asString(),
        socket);
    return socket;
  }

  private Request request(String method, String path) {
    return http.newRequest("http://localhost" + path)
        .method(method)
        .idleTimeout(0, TimeUnit.SECONDS);
  }

  private static ContentResponse send(Request request) throws InterruptedException {
    try {
      return new CompletableResponseListener(request, MAX_ANSWER).send().get();
    } catch (ExecutionException e) {
      throw new ProblemException(
          new Problem(
              Problem.Kind.FAILED,
              "the host process does not answer (" + e.getCause() + ")",
              "see: javisor host status"),
          e);
    }
  }

  private static ProblemException problem(JsonNode answer) {
    String message = answer.path("error").asString("the host refused");
    Problem.Kind kind =
        switch (answer.path("error_code").asInt()) {
          case 400, 404, 409, 412, 413 -> Problem.Kind.BAD_INPUT;
          case 503 -> Problem.Kind.HOST_LACKS;
          default -> Problem.Kind.FAILED;
        };
    return new ProblemException(new Problem(kind, message, ""), null);
  }

  /** A JSON object of these keys and values, those that are null left out. */
  public static Map<String, Object> object(@Nullable Object... keysAndValues) {
    Map<String, Object> object = new java.util.LinkedHashMap<>();
    for (int i = 0; i + 1 < keysAndValues.length; i += 2) {
      Object value = keysAndValues[i + 1];
      if (value != null) {
        object.put(String.valueOf(keysAndValues[i]), value);
      }
    }
    return object;
  }

  @Override
  public void close() {
    try {
      if (webSockets != null) {
        webSockets.stop();
      }
      http.stop();
    } catch (Exception e) {
      System.getLogger(HostClient.class.getName())
          .log(System.Logger.Level.DEBUG, "the client did not end in order", e);
    }
  }
}
