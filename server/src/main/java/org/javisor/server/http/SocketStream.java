package org.javisor.server.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;

/**
 * Our end of a WebSocket, for threads that may block: messages are taken one at a time, and the
 * other end is not asked for the next before one was taken, so nobody can fill our memory.
 */
public final class SocketStream implements Session.Listener {
  /** Bytes that a message may have. */
  private static final long MAX_MESSAGE = 4 << 20;

  private static final Duration PING = Duration.ofSeconds(10);
  private static final Duration SILENCE = Duration.ofSeconds(60);
  private static final int NORMAL_CLOSE = 1000;

  /** What came in. */
  public sealed interface Message {
    /** Bytes. */
    @SuppressWarnings("ArrayRecordComponent") // Handed over once, never compared.
    record Binary(byte[] bytes) implements Message {}

    /** Text. */
    record Text(String text) implements Message {}

    /** The other end has closed, or is gone. */
    record End() implements Message {}
  }

  private final CompletableFuture<Session> opened = new CompletableFuture<>();
  private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();

  @Override
  public void onWebSocketOpen(Session session) {
    session.setMaxBinaryMessageSize(MAX_MESSAGE);
    session.setMaxTextMessageSize(MAX_MESSAGE);
    session.setMaxFrameSize(MAX_MESSAGE);
    session.setIdleTimeout(SILENCE);
    opened.complete(session);
    Thread.ofVirtual().name("websocket ping").start(() -> ping(session));
    session.demand();
  }

  /** Clients drop a connection on which nothing comes for half a minute. */
  private static void ping(Session session) {
    try {
      while (session.isOpen()) {
        Thread.sleep(PING);
        session.sendPing(ByteBuffer.allocate(0), Callback.NOOP);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
    byte[] bytes = new byte[payload.remaining()];
    payload.get(bytes);
    messages.add(new Message.Binary(bytes));
    callback.succeed();
  }

  @Override
  public void onWebSocketText(String text) {
    messages.add(new Message.Text(text));
  }

  @Override
  public void onWebSocketError(Throwable cause) {
    messages.add(new Message.End());
    opened.completeExceptionally(cause);
  }

  @Override
  public void onWebSocketClose(int status, @Nullable String reason, Callback callback) {
    messages.add(new Message.End());
    callback.succeed();
  }

  /**
   * Waits until the other end is connected.
   *
   * @throws IOException if it could not connect
   */
  public Session awaitOpen() throws InterruptedException, IOException {
    return await(opened);
  }

  /**
   * Waits until the other end is connected, at most so long.
   *
   * @throws IOException if it could not connect, or has not by then
   */
  public Session awaitOpen(Duration timeout) throws InterruptedException, IOException {
    try {
      return opened.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new IOException("the other end of a WebSocket does not come", e);
    }
  }

  /** Waits for the next message and takes it; after the end there are only more ends. */
  public Message take() throws InterruptedException {
    Message message = messages.take();
    if (message instanceof Message.End) {
      messages.add(message);
    } else {
      opened.join().demand();
    }
    return message;
  }

  /**
   * Sends bytes, and waits until they are written.
   *
   * @throws IOException if the other end is gone
   */
  public void send(byte[] bytes, int offset, int length) throws IOException, InterruptedException {
    CompletableFuture<Boolean> sent = new CompletableFuture<>();
    awaitOpen()
        .sendBinary(
            ByteBuffer.wrap(bytes, offset, length).slice(),
            Callback.from(() -> sent.complete(true), sent::completeExceptionally));
    await(sent);
  }

  /**
   * Sends text, and waits until it is written.
   *
   * @throws IOException if the other end is gone
   */
  public void send(String text) throws IOException, InterruptedException {
    CompletableFuture<Boolean> sent = new CompletableFuture<>();
    awaitOpen()
        .sendText(text, Callback.from(() -> sent.complete(true), sent::completeExceptionally));
    await(sent);
  }

  /** Says that no more comes. */
  public void close() {
    Session session = opened.getNow(null);
    if (session != null) {
      session.close(NORMAL_CLOSE, "", Callback.NOOP);
    }
  }

  /** Drops the connection, whatever waits to be written. */
  public void abort() {
    Session session = opened.getNow(null);
    if (session != null) {
      session.disconnect();
    }
  }

  private static <T> T await(CompletableFuture<T> future) throws IOException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IOException("the other end of a WebSocket is gone", e);
    }
  }
}
