package org.javisor.server.peer;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.UUID;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.javisor.server.http.ApiException;
import org.javisor.server.http.Json;
import org.javisor.server.trust.HostCertificate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Connections to other hosts, with TLS, in which each proves to be who the other has joined. */
public final class PeerConnections {
  private static final Duration CONNECTING = Duration.ofSeconds(5);
  private static final Duration ANSWERING = Duration.ofSeconds(20);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HostCertificate own;

  /** Connections of the host with this certificate. */
  public PeerConnections(HostCertificate own) {
    this.own = own;
  }

  private SSLContext context(String fingerprint) throws IOException {
    try {
      String password = UUID.randomUUID().toString();
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(own.keyStore(password), password.toCharArray());
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(
          keys.getKeyManagers(), new TrustManager[] {new PinnedCertificate(fingerprint)}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("TLS cannot be had: " + e.getMessage(), e);
    }
  }

  /**
   * Calls a route of another host that answers at once.
   *
   * @param body of the request, or null
   * @return the metadata of its answer
   * @throws ApiException what the other host answered, with its status
   * @throws IOException if it does not answer at any of its addresses
   */
  public JsonNode call(Peer peer, String method, String path, @Nullable Object body)
      throws IOException, InterruptedException {
    IOException last = new IOException("the host " + peer.name() + " has no address");
    for (String address : peer.addresses()) {
      try {
        return call(peer, address, method, path, body);
      } catch (IOException e) {
        last =
            new IOException(
                "the host " + peer.name() + " at " + address + " does not answer: " + words(e), e);
      }
    }
    throw last;
  }

  private static String words(IOException e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t.getMessage() != null && !t.getMessage().isBlank()) {
        return t.getMessage();
      }
    }
    return e.getClass().getSimpleName();
  }

  private JsonNode call(
      Peer peer, String address, String method, String path, @Nullable Object body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("https://" + address + path))
            .timeout(ANSWERING)
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(Json.write(body)))
            .build();
    try (HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECTING)
            .sslContext(context(peer.fingerprint()))
            .build()) {
      HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
      JsonNode answer = JSON.readTree(response.body());
      if (answer.path("type").asString("").equals("error")) {
        throw new ApiException(
            response.statusCode(), peer.name() + ": " + answer.path("error").asString("refused"));
      }
      return answer.path("metadata");
    } catch (JacksonException e) {
      throw new IOException("it does not answer in JSON", e);
    }
  }

  /**
   * Connects to a port that another host has opened for this one.
   *
   * @throws IOException if it does not answer
   */
  public Socket connect(Peer peer, int port) throws IOException {
    IOException last = new IOException("the host " + peer.name() + " has no address");
    for (String address : peer.addresses()) {
      SSLSocket socket = (SSLSocket) context(peer.fingerprint()).getSocketFactory().createSocket();
      boolean connected = false;
      try {
        socket.connect(
            new InetSocketAddress(host(address), port), Math.toIntExact(CONNECTING.toMillis()));
        socket.setSoTimeout(Math.toIntExact(ANSWERING.toMillis()));
        socket.startHandshake();
        connected = true;
        return socket;
      } catch (IOException e) {
        last = new IOException("the host " + peer.name() + " does not answer: " + words(e), e);
      } finally {
        if (!connected) {
          socket.close();
        }
      }
    }
    throw last;
  }

  private static String host(String address) {
    return address.substring(0, address.lastIndexOf(':')).replaceAll("[\\[\\]]", "");
  }

  /**
   * Opens a port for one connection of another host.
   *
   * @param address one of this host's, as {@code host:port}; the port is another one
   */
  public SSLServerSocket listen(Peer peer, String address) throws IOException {
    SSLServerSocket server =
        (SSLServerSocket) context(peer.fingerprint()).getServerSocketFactory().createServerSocket();
    boolean bound = false;
    try {
      server.setNeedClientAuth(true);
      server.bind(new InetSocketAddress(host(address), 0), 1);
      bound = true;
      return server;
    } finally {
      if (!bound) {
        server.close();
      }
    }
  }
}
