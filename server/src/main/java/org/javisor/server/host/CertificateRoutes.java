package org.javisor.server.host;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.javisor.server.http.Answer;
import org.javisor.server.http.ApiException;
import org.javisor.server.http.Call;
import org.javisor.server.http.Json;
import org.javisor.server.http.Route;
import org.javisor.server.operation.Operation;
import org.javisor.server.operation.Operations;
import org.javisor.server.trust.TrustStore;
import org.jspecify.annotations.Nullable;

/** {@code /1.0/certificates}: who may use this host over the network. */
public final class CertificateRoutes {
  private static final String PATH = "/1.0/certificates";
  private static final String ONE = PATH + "/{fingerprint}";

  private final TrustStore trust;
  private final Operations operations;
  private final String fingerprint;
  private final Supplier<List<String>> addresses;

  /**
   * Routes of this trust.
   *
   * @param fingerprint of the host's own certificate
   * @param addresses where the host listens for TLS, as {@code host:port}
   */
  public CertificateRoutes(
      TrustStore trust,
      Operations operations,
      String fingerprint,
      Supplier<List<String>> addresses) {
    this.trust = trust;
    this.operations = operations;
    this.fingerprint = fingerprint;
    this.addresses = addresses;
  }

  /** {@code POST /1.0/certificates}: a client adds itself by a token, or asks for a token. */
  public record Create(
      @Nullable String name,
      @Nullable String type,
      boolean restricted,
      @Nullable List<String> projects,
      @Nullable String certificate,
      @Nullable String password,
      @Nullable String trustToken,
      boolean token,
      @Nullable String description) {}

  /** The routes. */
  public List<Route> routes() {
    return List.of(
        Route.of("GET", PATH, this::list),
        new Route("POST", PATH, Route.Access.EVERYBODY, this::create),
        Route.of("GET", ONE, this::get),
        Route.of("DELETE", ONE, this::delete));
  }

  private Answer list(Call call) {
    return Answer.of(
        call.recursion() == 0
            ? trust.all().stream().map(one -> PATH + "/" + one.fingerprint()).toList()
            : trust.all());
  }

  private TrustStore.Trusted named(Call call) {
    return trust
        .find(call.parameter("fingerprint"))
        .orElseThrow(() -> ApiException.notFound("there is no such certificate"));
  }

  private Answer get(Call call) {
    TrustStore.Trusted one = named(call);
    return Answer.of(one, Json.etag(one));
  }

  private Answer delete(Call call) {
    trust.remove(named(call));
    return Answer.done();
  }

  private Answer create(Call call) throws IOException {
    Create request = call.body(Create.class);
    if (!List.of("", "client").contains(Objects.requireNonNullElse(request.type(), ""))) {
      throw ApiException.badRequest("certificates of type " + request.type() + " are not known");
    }
    if (request.token()) {
      if (!call.caller().trusted()) {
        throw new ApiException(403, "only those who are trusted may make a token");
      }
      return token(Objects.requireNonNullElse(request.name(), ""));
    }
    String secret = Objects.requireNonNullElse(request.trustToken(), request.password());
    String name = Objects.requireNonNullElse(request.name(), "");
    if (!call.caller().trusted()) {
      if (secret == null || secret.isEmpty()) {
        throw new ApiException(403, "a token is needed: javisor host token, on that host");
      }
      name = trust.redeem(secretOf(secret)).clientName();
    }
    String text = Objects.requireNonNullElse(request.certificate(), "");
    if (text.isEmpty()) {
      text =
          call.caller()
              .certificate()
              .orElseThrow(() -> ApiException.badRequest("no certificate is given"));
    }
    X509Certificate certificate = TrustStore.parse(text);
    TrustStore.Trusted added =
        trust.add(name, certificate, Objects.requireNonNullElse(request.description(), ""));
    return Answer.created(PATH + "/" + added.fingerprint());
  }

  /** A client may send the secret alone or the whole token. */
  private static String secretOf(String token) {
    if (token.matches("[0-9a-f]{64}")) {
      return token;
    }
    return JoinToken.parse(token).secret();
  }

  private Answer token(String name) {
    if (name.isEmpty()) {
      throw ApiException.badRequest("the client's name is missing");
    }
    TrustStore.Token token = trust.issue(name);
    Operation operation =
        operations.begin(
            Operation.Kind.TOKEN,
            "Executing operation",
            Map.of(),
            Map.of(),
            Map.of(
                "secret", token.secret(),
                "fingerprint", fingerprint,
                "addresses", addresses.get(),
                "request", Map.of("name", name),
                "expiresAt", token.expiresAt().toString()),
            running -> {
              try {
                // A token's operation lasts as long as the token; cancelling it takes it back.
                Duration left = Duration.between(Instant.now(), token.expiresAt());
                if (!token.ended().await(left.toMillis(), TimeUnit.MILLISECONDS)) {
                  throw ApiException.badRequest("nobody has used the token in time");
                }
              } finally {
                trust.revoke(token);
              }
            });
    return new Answer.Background(operation);
  }
}
