package org.javisor.server.instance;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.javisor.server.http.SocketStream;

/** The WebSockets that a client opens for an operation, each by a secret that nobody guesses. */
final class NamedSockets {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Map<String, SocketStream> byName = new LinkedHashMap<>();
  private final Map<String, SocketStream> bySecret = new LinkedHashMap<>();
  private final Map<String, String> secrets = new LinkedHashMap<>();

  /** Sockets of these names. */
  NamedSockets(List<String> names) {
    for (String name : names) {
      SocketStream socket = new SocketStream();
      String secret = secret();
      byName.put(name, socket);
      bySecret.put(secret, socket);
      secrets.put(name, secret);
    }
  }

  private static String secret() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** The socket of a name that was given. */
  SocketStream get(String name) {
    return Objects.requireNonNull(byName.get(name));
  }

  /** All of them, by their names. */
  Map<String, SocketStream> byName() {
    return byName;
  }

  /** All of them, by their secrets. */
  Map<String, SocketStream> bySecret() {
    return bySecret;
  }

  /** What the client is told: the secret of each name. */
  Map<String, String> secrets() {
    return secrets;
  }
}
