package org.javisor.server.peer;

import java.util.List;

/**
 * Another host. Either of the two trusts the other's certificate.
 *
 * @param name what it is called here
 * @param addresses where it listens, as {@code host:port}
 * @param fingerprint SHA-256 digest of its certificate, in hexadecimal
 */
public record Peer(String name, List<String> addresses, String fingerprint) {
  /** Copies the list. */
  public Peer {
    addresses = List.copyOf(addresses);
  }
}
