package org.javisor.server.host;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.javisor.server.http.Answer;
import org.javisor.server.http.ApiException;
import org.javisor.server.http.Call;
import org.javisor.server.http.Route;
import org.javisor.server.peer.Peer;
import org.javisor.server.peer.PeerConnections;
import org.javisor.server.peer.PeerStore;
import org.javisor.server.trust.HostCertificate;
import org.javisor.server.trust.TrustStore;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** {@code /1.0/host/peers}: the hosts that instances move to and come from. */
public final class PeerRoutes {
  private static final String PATH = "/1.0/host/peers";
  private static final String ONE = PATH + "/{name}";

  private final PeerStore peers;
  private final PeerConnections connections;
  private final TrustStore trust;
  private final HostCertificate own;
  private final Supplier<List<String>> addresses;

  /**
   * Routes of these hosts.
   *
   * @param addresses where this one listens for TLS, as {@code host:port}
   */
  public PeerRoutes(
      PeerStore peers,
      PeerConnections connections,
      TrustStore trust,
      HostCertificate own,
      Supplier<List<String>> addresses) {
    this.peers = peers;
    this.connections = connections;
    this.trust = trust;
    this.own = own;
    this.addresses = addresses;
  }

  /**
   * {@code POST /1.0/host/peers}.
   *
   * @param name what the other host is to be called here
   * @param token a join token of the other host: this one joins it; absent if the other one tells
   *     of itself
   * @param addresses where the other host listens, if there is no token
   */
  public record Join(
      @Nullable String name, @Nullable String token, @Nullable List<String> addresses) {}

  /** The routes. */
  public List<Route> routes() {
    return List.of(
        Route.of("GET", PATH, call -> Answer.of(peers.all())),
        Route.of("POST", PATH, this::add),
        Route.of("GET", ONE, call -> Answer.of(peers.get(call.parameter("name")))),
        Route.of("DELETE", ONE, this::remove));
  }

  private Answer remove(Call call) {
    Peer peer = peers.get(call.parameter("name"));
    peers.remove(peer);
    trust.find(peer.fingerprint()).ifPresent(trust::remove);
    return Answer.done();
  }

  private Answer add(Call call) throws IOException, InterruptedException {
    Join request = call.body(Join.class);
    String name = Objects.requireNonNullElse(request.name(), "");
    peers.requireName(name);
    String token = request.token();
    Peer peer =
        token == null
            ? told(call, name, Objects.requireNonNullElse(request.addresses(), List.of()))
            : joined(name, JoinToken.parse(token));
    peers.add(peer);
    return Answer.created(PATH + "/" + name);
  }

  /** A host that this one has given a token to, and trusts by now, says where it is. */
  private static Peer told(Call call, String name, List<String> addresses) {
    String fingerprint =
        call.caller()
            .fingerprint()
            .orElseThrow(
                () ->
                    ApiException.badRequest(
                        "a token of the other host is needed: javisor host token, there"));
    if (addresses.isEmpty()) {
      throw ApiException.badRequest("the host has no addresses");
    }
    return new Peer(name, addresses, fingerprint);
  }

  private Peer joined(String name, JoinToken token) throws IOException, InterruptedException {
    if (addresses.get().isEmpty()) {
      throw ApiException.badRequest(
          "the other host could not reach this one: start it with --listen");
    }
    if (token.fingerprint().equals(own.fingerprint())) {
      throw ApiException.badRequest("this is a token of this very host");
    }
    Peer peer = new Peer(name, token.addresses(), token.fingerprint());
    JsonNode there = connections.call(peer, "GET", "/1.0", null);
    if (!there.path("auth").asString("").equals("trusted")) {
      connections.call(
          peer,
          "POST",
          "/1.0/certificates",
          new CertificateRoutes.Create(
              token.clientName(), "client", false, null, null, null, token.secret(), false, null));
      there = connections.call(peer, "GET", "/1.0", null);
    }
    trust.add(
        name,
        TrustStore.parse(there.path("environment").path("certificate").asString("")),
        "a host that was joined");
    connections.call(peer, "POST", PATH, new Join(token.clientName(), null, addresses.get()));
    return peer;
  }
}
