package org.javisor.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Fields;

/** One request to a route. */
public final class Call {
  /** Bytes that a JSON body may have. */
  public static final int MAX_BODY = 1 << 20;

  private final Request request;
  private final Map<String, String> parameters;
  private final Fields query;
  private final Caller caller;
  private final Runnable waits;

  Call(
      Request request,
      Map<String, String> parameters,
      Fields query,
      Caller caller,
      Runnable waits) {
    this.request = request;
    this.parameters = parameters;
    this.query = query;
    this.caller = caller;
    this.waits = waits;
  }

  /** Who calls. */
  public Caller caller() {
    return caller;
  }

  /** To be called by a route that only waits from now on, for a guest or something's end. */
  public void waits() {
    waits.run();
  }

  /** What stands in the path in place of {@code {name}}. */
  public String parameter(String name) {
    String value = parameters.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the route has no parameter " + name);
    }
    return value;
  }

  /** Whether the route's path has {@code {name}} in it. */
  public boolean hasParameter(String name) {
    return parameters.containsKey(name);
  }

  /** What the query says for this name; empty if nothing. */
  public String query(String name) {
    String value = query.getValue(name);
    return value == null ? "" : value;
  }

  /** A header of the request. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(request.getHeaders().get(name));
  }

  /** How many levels of objects are wanted in place of their addresses, 0 to 2. */
  public int recursion() {
    return switch (query("recursion")) {
      case "", "0" -> 0;
      case "1" -> 1;
      case "2" -> 2;
      default -> throw ApiException.badRequest("recursion is 0, 1 or 2");
    };
  }

  /** Which entries of a list are wanted. */
  public Filter filter() {
    return Filter.parse(query("filter"));
  }

  /** The bytes of the body, to be read once. */
  public InputStream body() {
    return Content.Source.asInputStream(request);
  }

  /** What the request says of the length of its body; -1 if nothing. */
  public long bodyLength() {
    return request.getLength();
  }

  /** The media type of the body; empty if nothing is said. */
  public String contentType() {
    String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
    return type == null ? "" : type;
  }

  /**
   * The body as JSON of this form.
   *
   * @throws ApiException 400 if it is not, 413 if it is too long
   */
  public <T> T body(Class<T> form) throws IOException {
    if (bodyLength() > MAX_BODY) {
      throw tooLong();
    }
    byte[] json;
    try (InputStream body = body()) {
      json = body.readNBytes(MAX_BODY + 1);
    }
    if (json.length > MAX_BODY) {
      throw tooLong();
    }
    if (json.length == 0) {
      json = "{}".getBytes(StandardCharsets.UTF_8);
    }
    return Json.read(json, form);
  }

  private static ApiException tooLong() {
    return new ApiException(413, "the body is longer than " + MAX_BODY + " bytes");
  }

  /**
   * Refuses a change of something that has changed since the caller saw it.
   *
   * @param etag its tag now
   * @throws ApiException 412 if the request names another
   */
  public void requireMatch(String etag) {
    Optional<String> wanted = header("If-Match").map(tag -> tag.replace("\"", ""));
    if (wanted.isPresent() && !wanted.get().isEmpty() && !wanted.get().equals(etag)) {
      throw new ApiException(412, "it has changed since it was read: read it again");
    }
  }
}
