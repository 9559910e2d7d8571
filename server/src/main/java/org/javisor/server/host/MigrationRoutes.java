package org.javisor.server.host;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import javax.net.ssl.SSLServerSocket;
import org.javisor.host.instance.Moves;
import org.javisor.migration.MigrationException;
import org.javisor.migration.protocol.Link;
import org.javisor.server.http.Answer;
import org.javisor.server.http.ApiException;
import org.javisor.server.http.Call;
import org.javisor.server.http.Route;
import org.javisor.server.peer.Peer;
import org.javisor.server.peer.PeerConnections;
import org.javisor.server.peer.PeerStore;

/** {@code /1.0/host/migrations}: what hosts say to each other about instances that move. */
public final class MigrationRoutes {
  /** How long the source has to connect. */
  private static final Duration CONNECTING = Duration.ofSeconds(15);

  private static final String PATH = "/1.0/host/migrations";
  private static final String ONE = PATH + "/{id}";

  private final Moves moves;
  private final PeerStore peers;
  private final PeerConnections connections;
  private final Supplier<List<String>> addresses;

  /**
   * Routes of these moves.
   *
   * @param addresses where this host listens for TLS, as {@code host:port}
   */
  public MigrationRoutes(
      Moves moves, PeerStore peers, PeerConnections connections, Supplier<List<String>> addresses) {
    this.moves = moves;
    this.peers = peers;
    this.connections = connections;
    this.addresses = addresses;
  }

  /** The routes. */
  public List<Route> routes() {
    return List.of(
        Route.of("POST", PATH, this::open),
        Route.of("GET", ONE, this::outcome),
        Route.of("PUT", ONE, this::settle));
  }

  /** Hosts only: whoever else is trusted has no business here. */
  private Peer caller(Call call) {
    return call.caller()
        .fingerprint()
        .flatMap(peers::withCertificate)
        .orElseThrow(() -> new ApiException(403, "this is for hosts that have joined this one"));
  }

  /** Opens a port for the source of a migration. */
  private Answer open(Call call) throws IOException {
    Peer source = caller(call);
    SSLServerSocket server =
        connections.listen(
            source,
            addresses.get().stream()
                .findFirst()
                .orElseThrow(() -> ApiException.badRequest("this host does not listen for TLS")));
    server.setSoTimeout(Math.toIntExact(CONNECTING.toMillis()));
    Thread.ofVirtual().name("migration from " + source.name()).start(() -> receive(server, source));
    return Answer.of(Map.of("port", server.getLocalPort()));
  }

  private void receive(SSLServerSocket server, Peer source) {
    System.Logger log = System.getLogger(MigrationRoutes.class.getName());
    try (server;
        Socket socket = server.accept();
        Link link = Link.over(socket)) {
      server.close();
      moves.receive(link, source.name());
    } catch (MigrationException e) {
      log.log(
          System.Logger.Level.INFO,
          "no instance came from {0} ({1}): {2}",
          source.name(),
          e.stage().words(),
          e.getMessage());
    } catch (IOException e) {
      log.log(
          System.Logger.Level.INFO, "{0} has not connected: {1}", source.name(), e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.log(System.Logger.Level.ERROR, "an instance could not be received", e);
    }
  }

  private Answer outcome(Call call) {
    caller(call);
    return Answer.of(Map.of("outcome", moves.outcome(call.parameter("id")).name()));
  }

  /**
   * {@code PUT /1.0/host/migrations/ID}.
   *
   * @param outcome what became of it: COMMITTED
   */
  public record Settlement(@org.jspecify.annotations.Nullable String outcome) {}

  private Answer settle(Call call) throws IOException, InterruptedException {
    caller(call);
    Settlement settlement = call.body(Settlement.class);
    if (!Objects.requireNonNullElse(settlement.outcome(), "")
        .equals(Moves.Outcome.COMMITTED.name())) {
      throw ApiException.badRequest("only COMMITTED can be told");
    }
    if (!moves.settle(call.parameter("id"), Moves.Outcome.COMMITTED)) {
      throw new ApiException(409, "the migration is under way: tell it again");
    }
    return Answer.done();
  }
}
