package org.javisor.cli.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.websocket.api.Session;
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

  private final Path socket;
  private final UnixHttp http;
  private @Nullable UnixWebSockets webSockets;

  private HostClient(Path socket) {
    this.socket = socket;
    http = new UnixHttp(socket);
  }

  /** A client of the process that listens at this socket. */
  public static HostClient at(Path socket) {
    return new HostClient(socket);
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
    return accepted(send("GET", path, Map.of(), null)).content();
  }

  /** The headers of what is at a path; empty if there is nothing. */
  public Optional<Map<String, String>> headers(String path) throws InterruptedException {
    Whole answer = send("HEAD", path, Map.of(), null);
    if (answer.status() == 404) {
      return Optional.empty();
    }
    if (answer.status() >= 400) {
      // A HEAD's error has no text; a GET's has.
      bytes(path);
    }
    return Optional.of(answer.headers());
  }

  /** Copies what is at a path, of any length, into a stream. */
  public void download(String path, OutputStream target) throws IOException, InterruptedException {
    try (UnixHttp.Answer answer = http.send("GET", path, Map.of(), null)) {
      if (answer.status() >= 400) {
        throw problem(JSON.readTree(answer.content().readNBytes(MAX_ANSWER)));
      }
      answer.content().transferTo(target);
    } catch (ClosedByInterruptException e) {
      throw interrupted(e);
    }
  }

  /** Sends a stream, of any length, to a path. */
  public void upload(String path, Map<String, String> headers, InputStream content)
      throws InterruptedException {
    Map<String, String> fields = new LinkedHashMap<>(headers);
    fields.put("Content-Type", "application/octet-stream");
    accepted(send("POST", path, fields, content));
  }

  /** Calls a route that answers at once; the metadata of its answer. */
  public JsonNode call(String method, String path, @Nullable Object body, String... headers)
      throws InterruptedException {
    Map<String, String> fields = new LinkedHashMap<>();
    for (int i = 0; i + 1 < headers.length; i += 2) {
      fields.put(headers[i], headers[i + 1]);
    }
    InputStream content = null;
    if (body != null) {
      fields.put("Content-Type", "application/json");
      content = new ByteArrayInputStream(JSON.writeValueAsBytes(body));
    }
    Whole whole = send(method, path, fields, content);
    JsonNode answer;
    try {
      answer = JSON.readTree(whole.content());
    } catch (tools.jackson.core.JacksonException e) {
      throw ProblemException.failed(
          "the host answered with status " + whole.status() + " and no JSON", "", e);
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
  void cancel(String id) throws InterruptedException {
    try {
      call("DELETE", "/1.0/operations/" + id, null);
    } catch (ProblemException e) {
      // It has ended, or is one of those that end by themselves.
      System.getLogger(HostClient.class.getName())
          .log(System.Logger.Level.DEBUG, "an operation was not cancelled", e);
    }
  }

  /** Opens a WebSocket. */
  public Session connect(String path, Session.Listener listener)
      throws IOException, InterruptedException {
    UnixWebSockets client = webSockets;
    if (client == null) {
      client = new UnixWebSockets(socket);
      webSockets = client;
    }
    return client.connect(path, listener);
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

  /** An answer of bounded length. */
  @SuppressWarnings("ArrayRecordComponent") // Handed over once, never compared.
  private record Whole(int status, Map<String, String> headers, byte[] content) {}

  private Whole send(
      String method, String path, Map<String, String> headers, @Nullable InputStream body)
      throws InterruptedException {
    try (UnixHttp.Answer answer = http.send(method, path, headers, body)) {
      byte[] content = answer.content().readNBytes(MAX_ANSWER + 1);
      if (content.length > MAX_ANSWER) {
        throw ProblemException.failed("the host's answer is too long", "", null);
      }
      return new Whole(answer.status(), answer.headers(), content);
    } catch (ClosedByInterruptException e) {
      throw interrupted(e);
    } catch (IOException e) {
      throw new ProblemException(
          new Problem(
              Problem.Kind.FAILED,
              "the host process does not answer (" + e.getMessage() + ")",
              "see: javisor host status"),
          e);
    }
  }

  private static Whole accepted(Whole answer) {
    if (answer.status() >= 400) {
      throw problem(JSON.readTree(answer.content()));
    }
    return answer;
  }

  /** The channel was closed under it, and says so in its way. */
  private static InterruptedException interrupted(ClosedByInterruptException closed) {
    Thread.interrupted();
    InterruptedException interrupted = new InterruptedException();
    interrupted.initCause(closed);
    return interrupted;
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
    Map<String, Object> object = new LinkedHashMap<>();
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
    if (webSockets != null) {
      webSockets.close();
    }
  }
}
