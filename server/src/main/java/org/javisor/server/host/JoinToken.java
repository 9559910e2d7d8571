package org.javisor.server.host;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.javisor.server.http.ApiException;
import org.javisor.server.http.Json;

/**
 * What a client needs to add itself to the clients of a host, as people pass it on: base64 of JSON.
 *
 * @param clientName what the client is to be called
 * @param fingerprint SHA-256 digest of the host's certificate
 * @param addresses where the host listens, as {@code host:port}
 * @param secret works once
 * @param expiresAt until when
 */
public record JoinToken(
    String clientName,
    String fingerprint,
    List<String> addresses,
    String secret,
    Instant expiresAt) {

  /**
   * A token from its text.
   *
   * @throws ApiException 403 if it is none
   */
  public static JoinToken parse(String text) {
    try {
      return Json.read(
          Base64.getDecoder().decode(text.getBytes(StandardCharsets.UTF_8)), JoinToken.class);
    } catch (IllegalArgumentException | ApiException e) {
      throw new ApiException(403, "this is not a join token");
    }
  }
}
