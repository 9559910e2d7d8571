package org.javisor.server.trust;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.javisor.server.http.ApiException;
import org.javisor.server.http.Json;
import org.javisor.storage.store.DurableRename;

/**
 * The certificates of clients that may use this host, a file each, and the join tokens that add
 * one. A token works once, until it expires, and does not outlive the process.
 */
public final class TrustStore {
  private static final Duration TOKEN_LIFE = Duration.ofHours(24);
  private static final int SECRET_BYTES = 32;
  private static final int MAX_TOKENS = 1000;

  /** A certificate that is trusted, in the form of the API. */
  public record Trusted(
      String fingerprint,
      String certificate,
      String name,
      String type,
      String description,
      boolean restricted,
      List<String> projects) {}

  /**
   * A token that waits to be used.
   *
   * @param ended is counted down when it has been used or taken back
   */
  public record Token(String clientName, String secret, Instant expiresAt, CountDownLatch ended) {}

  private final Path folder;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Trusted> trusted = new ConcurrentSkipListMap<>();
  private final Map<String, Token> tokens = new ConcurrentHashMap<>();

  /** Opens the store in this folder. */
  public TrustStore(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".json")).toList()) {
        Trusted one = Json.read(Files.readAllBytes(file), Trusted.class);
        trusted.put(one.fingerprint(), one);
      }
    } catch (ApiException e) {
      throw new IOException("a trusted certificate in " + folder + " cannot be read", e);
    }
  }

  /** All that are trusted. */
  public List<Trusted> all() {
    return List.copyOf(trusted.values());
  }

  /** The certificate with this digest, or with a digest that begins so and is the only one. */
  public Optional<Trusted> find(String fingerprint) {
    Trusted exact = trusted.get(fingerprint);
    if (exact != null) {
      return Optional.of(exact);
    }
    List<Trusted> alike =
        all().stream().filter(one -> one.fingerprint().startsWith(fingerprint)).toList();
    return alike.size() == 1 && fingerprint.length() >= 4
        ? Optional.of(alike.getFirst())
        : Optional.empty();
  }

  /** Trusts a certificate from now on. */
  public Trusted add(String name, X509Certificate certificate, String description) {
    String fingerprint = HostCertificate.fingerprint(certificate);
    Trusted added =
        new Trusted(
            fingerprint,
            HostCertificate.pem(certificate),
            name,
            "client",
            description,
            false,
            List.of());
    write(added);
    trusted.put(fingerprint, added);
    return added;
  }

  private void write(Trusted one) {
    try {
      Path fresh = Files.createTempFile(folder, one.fingerprint(), ".new");
      Files.write(fresh, Json.write(one));
      DurableRename.move(fresh, folder.resolve(one.fingerprint() + ".json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Trusts it no longer. */
  public void remove(Trusted one) {
    try {
      trusted.remove(one.fingerprint());
      Files.deleteIfExists(folder.resolve(one.fingerprint() + ".json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A new token for a client that is to be called so. */
  public Token issue(String clientName) {
    tokens.values().removeIf(token -> token.expiresAt().isBefore(Instant.now()));
    if (tokens.size() >= MAX_TOKENS) {
      throw new ApiException(409, "too many tokens wait to be used");
    }
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    Token token =
        new Token(
            clientName,
            HexFormat.of().formatHex(secret),
            Instant.now().plus(TOKEN_LIFE),
            new CountDownLatch(1));
    tokens.put(token.secret(), token);
    return token;
  }

  /** Takes a token back. */
  public void revoke(Token token) {
    tokens.remove(token.secret());
    token.ended().countDown();
  }

  /**
   * Uses a token up.
   *
   * @throws ApiException 403 if there is no such token, it was used already, or has expired
   */
  public Token redeem(String secret) {
    Token token = tokens.remove(secret);
    if (token == null || token.expiresAt().isBefore(Instant.now())) {
      throw new ApiException(
          403, "no matching certificate add token: it is wrong, used or expired");
    }
    token.ended().countDown();
    return token;
  }

  /**
   * A certificate from its base64 DER form, or from PEM.
   *
   * @throws ApiException 400 if it is none
   */
  public static X509Certificate parse(String text) {
    try {
      byte[] der = Base64.getMimeDecoder().decode(text.replaceAll("-----[A-Z ]+-----", ""));
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException | IllegalArgumentException e) {
      throw ApiException.badRequest("this is not a certificate in base64");
    }
  }
}
