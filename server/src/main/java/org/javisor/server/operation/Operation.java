package org.javisor.server.operation;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.javisor.server.http.Answer;
import org.javisor.server.http.SocketStream;
import org.jspecify.annotations.Nullable;

/** One piece of background work. Safe from any thread. */
public final class Operation implements Answer.Ongoing {
  /** What kind of work, in the API's words. */
  public enum Kind {
    /** Work by itself. */
    TASK,
    /** Work with a client at the other end of WebSockets. */
    WEBSOCKET,
    /** A secret that waits to be used. */
    TOKEN
  }

  /** How far it is, with the API's codes. */
  public enum Status {
    RUNNING("Running", 103),
    CANCELLING("Cancelling", 104),
    SUCCESS("Success", 200),
    FAILURE("Failure", 400),
    CANCELLED("Cancelled", 401);

    private final String word;
    private final int code;

    Status(String word, int code) {
      this.word = word;
      this.code = code;
    }

    boolean isFinal() {
      return code >= 200;
    }
  }

  /** The form of the API. */
  public record View(
      String id,
      @com.fasterxml.jackson.annotation.JsonProperty("class") String kind,
      String description,
      Instant createdAt,
      Instant updatedAt,
      String status,
      int statusCode,
      Map<String, List<String>> resources,
      @Nullable Map<String, Object> metadata,
      boolean mayCancel,
      String err,
      String location) {}

  private final String id = UUID.randomUUID().toString();
  private final Kind kind;
  private final String description;
  private final Map<String, List<String>> resources;
  private final Map<String, SocketStream> sockets;
  private final Instant createdAt = Instant.now();
  private final Consumer<Operation> changed;
  private final CompletableFuture<Operation> end = new CompletableFuture<>();
  private final Map<String, Object> metadata = new TreeMap<>();
  private Instant updatedAt = createdAt;
  private Status status = Status.RUNNING;
  private String error = "";
  private @Nullable Runnable cancel;

  Operation(
      Kind kind,
      String description,
      Map<String, List<String>> resources,
      Map<String, SocketStream> sockets,
      Map<String, Object> metadata,
      Consumer<Operation> changed) {
    this.kind = kind;
    this.description = description;
    this.resources = resources;
    this.sockets = sockets;
    this.metadata.putAll(metadata);
    this.changed = changed;
  }

  /** What it is called. */
  public String id() {
    return id;
  }

  /** What kind of work it is. */
  public Kind kind() {
    return kind;
  }

  /** What it does, for people. */
  public String description() {
    return description;
  }

  @Override
  public String path() {
    return "/1.0/operations/" + id;
  }

  /** The WebSocket that a client opens with this secret, if there is one; once only. */
  public @Nullable SocketStream socket(String secret) {
    synchronized (sockets) {
      return sockets.remove(secret);
    }
  }

  /** Says something about how far it is, or what came of it. */
  public void say(String key, Object value) {
    synchronized (this) {
      metadata.put(key, value);
      updatedAt = Instant.now();
    }
    changed.accept(this);
  }

  /** Takes back what was said under this key. */
  public void forget(String key) {
    synchronized (this) {
      metadata.remove(key);
      updatedAt = Instant.now();
    }
    changed.accept(this);
  }

  /** What was said under this key. */
  public synchronized @Nullable Object said(String key) {
    return metadata.get(key);
  }

  /** Whether it has come to an end. */
  public synchronized boolean isOver() {
    return status.isFinal();
  }

  /** Waits for its end, at most so long; negative is for ever. */
  public void await(long seconds) throws InterruptedException {
    try {
      if (seconds < 0) {
        end.get();
      } else {
        end.get(seconds, TimeUnit.SECONDS);
      }
    } catch (TimeoutException e) {
      return; // The caller is told how it is now.
    } catch (ExecutionException e) {
      throw new IllegalStateException("an operation's end has no exception", e);
    }
  }

  synchronized void cancelBy(Runnable how) {
    cancel = how;
  }

  /**
   * Asks it to end.
   *
   * @return false if it cannot be cancelled, or is over
   */
  public boolean cancel() {
    Runnable how;
    synchronized (this) {
      how = cancel;
      if (how == null || status.isFinal()) {
        return false;
      }
      status = Status.CANCELLING;
      updatedAt = Instant.now();
    }
    changed.accept(this);
    how.run();
    return true;
  }

  void finish(Status last, String why) {
    synchronized (this) {
      if (status.isFinal()) {
        return;
      }
      status = last;
      error = why;
      updatedAt = Instant.now();
    }
    changed.accept(this);
    end.complete(this);
    synchronized (sockets) {
      sockets.values().forEach(SocketStream::close);
      sockets.clear();
    }
  }

  @Override
  public synchronized View view() {
    return new View(
        id,
        kind.name().toLowerCase(java.util.Locale.ROOT),
        description,
        createdAt,
        updatedAt,
        status.word,
        status.code,
        resources,
        metadata.isEmpty() ? null : new TreeMap<>(metadata),
        cancel != null && !status.isFinal(),
        error,
        "none");
  }
}
