package org.javisor.server.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.javisor.server.http.ApiException;
import org.javisor.server.http.Json;
import org.javisor.storage.store.DurableRename;

/** The hosts that this one has joined, a file each. */
public final class PeerStore {
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
  private static final String ENDING = ".json";
  private static final int MAX_PEERS = 1000;

  private final Path folder;
  private final Map<String, Peer> peers = new ConcurrentSkipListMap<>();

  /** Opens the store in this folder. */
  public PeerStore(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(path -> path.toString().endsWith(ENDING)).toList()) {
        Peer peer = Json.read(Files.readAllBytes(file), Peer.class);
        peers.put(peer.name(), peer);
      }
    } catch (ApiException e) {
      throw new IOException("what is known of a host in " + folder + " cannot be read", e);
    }
  }

  /** All of them, by name. */
  public List<Peer> all() {
    return List.copyOf(peers.values());
  }

  /**
   * The host of this name.
   *
   * @throws ApiException 404 if there is none
   */
  public Peer get(String name) {
    Peer peer = peers.get(name);
    if (peer == null) {
      throw ApiException.notFound(
          "there is no host " + name + ": see javisor host ls; javisor host join adds one");
    }
    return peer;
  }

  /** The host with this certificate. */
  public Optional<Peer> withCertificate(String fingerprint) {
    return peers.values().stream().filter(one -> one.fingerprint().equals(fingerprint)).findAny();
  }

  /**
   * Checks what another host is to be called.
   *
   * @throws ApiException 400 if that is not possible
   */
  public void requireName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw ApiException.badRequest(
          "'" + name + "' is no name for a host: use lower-case letters, digits and hyphens");
    }
    if (peers.size() >= MAX_PEERS && !peers.containsKey(name)) {
      throw new ApiException(409, "too many hosts are known");
    }
  }

  /**
   * Remembers a host; one of this name that was another one is forgotten.
   *
   * @throws ApiException 400 if it cannot be called so
   */
  public void add(Peer peer) {
    requireName(peer.name());
    try {
      Path fresh = Files.createTempFile(folder, peer.name(), ".new");
      Files.write(fresh, Json.write(peer));
      DurableRename.move(fresh, folder.resolve(peer.name() + ENDING));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    peers.put(peer.name(), peer);
  }

  /** Forgets a host. */
  public void remove(Peer peer) {
    try {
      peers.remove(peer.name());
      Files.deleteIfExists(folder.resolve(peer.name() + ENDING));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
