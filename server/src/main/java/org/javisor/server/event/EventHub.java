package org.javisor.server.event;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import org.javisor.server.http.Json;
import org.javisor.server.http.SocketStream;

/**
 * Sends events to whoever listens. A listener that does not keep up loses its connection, and
 * nobody else waits for it.
 */
public final class EventHub {
  private static final int MAX_BEHIND = 1000;

  /** An event in the form of the API. */
  public record Event(
      String type, Instant timestamp, Object metadata, String location, String project) {}

  private final List<Listener> listeners = new CopyOnWriteArrayList<>();

  private final LongAdder published = new LongAdder();

  private static final class Listener {
    final SocketStream socket;
    final Set<String> types;
    final BlockingQueue<String> waiting = new LinkedBlockingQueue<>(MAX_BEHIND);

    Listener(SocketStream socket, Set<String> types) {
      this.socket = socket;
      this.types = types;
    }
  }

  /** How much has happened. */
  public long published() {
    return published.sum();
  }

  /** How many listen. */
  public int listeners() {
    return listeners.size();
  }

  /** Something happened: of type {@code operation}, {@code lifecycle} or {@code logging}. */
  public void publish(String type, Object metadata) {
    published.increment();
    if (listeners.isEmpty()) {
      return;
    }
    Event event = new Event(type, Instant.now(), metadata, "none", "default");
    String text = new String(Json.write(event), StandardCharsets.UTF_8);
    List<Listener> behind =
        listeners.stream()
            .filter(listener -> listener.types.contains(type) && !listener.waiting.offer(text))
            .toList();
    listeners.removeAll(behind);
    behind.forEach(listener -> listener.socket.abort());
  }

  /** From now on events of these types are sent to this WebSocket. */
  public void connect(SocketStream socket, Set<String> types) {
    Listener listener = new Listener(socket, types);
    listeners.add(listener);
    Thread sender = Thread.ofVirtual().name("events").start(() -> send(listener));
    Thread.ofVirtual().name("events end").start(() -> awaitEnd(listener, sender));
  }

  private void send(Listener listener) {
    try {
      while (true) {
        listener.socket.send(listener.waiting.take());
      }
    } catch (IOException e) {
      listeners.remove(listener);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitEnd(Listener listener, Thread sender) {
    try {
      SocketStream.Message message = listener.socket.take();
      while (!(message instanceof SocketStream.Message.End)) {
        message = listener.socket.take();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      listeners.remove(listener);
      sender.interrupt();
    }
  }
}
