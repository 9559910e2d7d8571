package org.javisor.cli.client;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Origin;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.io.Transport;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.client.ClientUpgradeRequest;
import org.eclipse.jetty.websocket.client.WebSocketClient;

/** WebSockets to a Unix socket, for the commands that need one: their client is slow to start. */
final class UnixWebSockets implements AutoCloseable {
  private static final long CONNECT_SECONDS = 10;

  /** HTTP/1.1 whose every connection goes to a Unix socket. */
  private static final class UnixTransport extends HttpClientTransportOverHTTP {
    private final Transport transport;

    UnixTransport(Path socket) {
      transport = new Transport.TCPUnix(socket);
    }

    @Override
    public Origin newOrigin(Request request) {
      Origin origin = super.newOrigin(request);
      return new Origin(
          origin.getScheme(),
          origin.getAddress(),
          origin.getTag(),
          origin.getProtocol(),
          transport);
    }
  }

  private final HttpClient http;
  private final WebSocketClient client;

  /** A client of the process that listens at this socket. */
  UnixWebSockets(Path socket) throws IOException {
    http = new HttpClient(new UnixTransport(socket));
    client = new WebSocketClient(http);
    try {
      client.start();
    } catch (Exception e) {
      throw new IOException("the WebSocket client does not start", e);
    }
  }

  /** Opens one. */
  Session connect(String path, Session.Listener listener) throws IOException, InterruptedException {
    ClientUpgradeRequest request = new ClientUpgradeRequest(URI.create("ws://localhost" + path));
    try {
      return client.connect(listener, request).get(CONNECT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the host does not open the connection: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      client.stop();
      http.stop();
    } catch (Exception e) {
      System.getLogger(UnixWebSockets.class.getName())
          .log(System.Logger.Level.DEBUG, "the client did not end in order", e);
    }
  }
}
