package org.javisor.server.http;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a route answers. */
public sealed interface Answer {
  /**
   * A result, in the API's envelope.
   *
   * @param metadata what is written as JSON; null for none
   * @param etag what a later change names in {@code If-Match}; null for none
   * @param location where what was created is; null if nothing was
   */
  record Sync(@Nullable Object metadata, @Nullable String etag, @Nullable String location)
      implements Answer {}

  /** Work that goes on in the background. */
  record Background(Ongoing work) implements Answer {}

  /** Work that a client can ask about. */
  interface Ongoing {
    /** Where. */
    String path();

    /** How far it is, as it is written in JSON. */
    Object view();
  }

  /**
   * Bytes as they are.
   *
   * @param contentType their media type
   * @param headers further ones
   * @param body the bytes
   */
  @SuppressWarnings("ArrayRecordComponent") // Handed over once, never compared.
  record Raw(String contentType, Map<String, String> headers, byte[] body) implements Answer {}

  /**
   * Bytes as they come, of a length that is not known before.
   *
   * @param contentType their media type
   * @param headers further ones
   * @param source writes them; a failure breaks the connection off
   */
  record Stream(String contentType, Map<String, String> headers, Source source) implements Answer {}

  /** A result with headers of its own. */
  record Listing(Object metadata, Map<String, String> headers) implements Answer {}

  /** Where the bytes of a stream come from. */
  @FunctionalInterface
  interface Source {
    /** Writes all of them. */
    void writeTo(OutputStream target) throws IOException, InterruptedException;
  }

  /** The connection becomes a WebSocket with this at our end. */
  record WebSocket(SocketStream socket) implements Answer {}

  /** A result. */
  static Answer of(Object metadata) {
    return new Sync(metadata, null, null);
  }

  /** A result that can be changed under its tag. */
  static Answer of(Object metadata, String etag) {
    return new Sync(metadata, etag, null);
  }

  /** Done, with nothing to say. */
  static Answer done() {
    return new Sync(Map.of(), null, null);
  }

  /** Done, and something new is at this path. */
  static Answer created(String location) {
    return new Sync(Map.of(), null, location);
  }
}
