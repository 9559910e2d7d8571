package org.javisor.server.peer;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.javisor.host.instance.DepartureRecord;
import org.javisor.host.instance.Moves;
import org.javisor.server.http.ApiException;

/**
 * Settles with other hosts what became of instances that moved, as long as one of the two does not
 * know: after a host was killed or cut off. Each side asks or tells, again and again.
 */
public final class Settlement implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Moves moves;
  private final PeerStore peers;
  private final PeerConnections connections;
  private final Thread thread;

  /** Begins to. */
  public Settlement(Moves moves, PeerStore peers, PeerConnections connections) {
    this.moves = moves;
    this.peers = peers;
    this.connections = connections;
    thread = Thread.ofVirtual().name("settlement").start(this::run);
  }

  private void run() {
    try {
      while (true) {
        for (DepartureRecord departed : moves.departed()) {
          attempt(departed.name(), () -> tell(departed));
        }
        for (Moves.Doubt doubt : moves.doubts()) {
          attempt(doubt.record().name(), () -> ask(doubt));
        }
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private interface Attempt {
    void run() throws IOException, InterruptedException;
  }

  private static void attempt(String instance, Attempt attempt) throws InterruptedException {
    try {
      attempt.run();
    } catch (IOException | RuntimeException e) {
      System.getLogger(Settlement.class.getName())
          .log(
              System.Logger.Level.INFO,
              "what became of the move of {0} is not settled yet: {1}",
              instance,
              e.getMessage());
    }
  }

  private void tell(DepartureRecord departed) throws IOException, InterruptedException {
    if (moves.outcome(departed.migration()) == Moves.Outcome.RUNNING) {
      return;
    }
    connections.call(
        peers.get(departed.target()),
        "PUT",
        path(departed.migration()),
        Map.of("outcome", Moves.Outcome.COMMITTED.name()));
    moves.confirmed(departed.migration());
  }

  private void ask(Moves.Doubt doubt) throws IOException, InterruptedException {
    String id = doubt.record().migration();
    String said =
        connections
            .call(peers.get(doubt.record().source()), "GET", path(id), null)
            .path("outcome")
            .asString("");
    try {
      moves.settle(id, Moves.Outcome.valueOf(said));
    } catch (IllegalArgumentException e) {
      throw new ApiException(400, "the source says " + said);
    }
  }

  private static String path(String id) {
    return "/1.0/host/migrations/" + id;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
