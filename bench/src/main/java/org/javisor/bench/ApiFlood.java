package org.javisor.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.javisor.host.ProblemException;

/**
 * Clients of a host's API that list its instances with their states, each asking again as soon as
 * it has the answer. They read no more of it than they must: what they cost is the host's work.
 *
 * @param socket the API's Unix socket
 * @param clients how many, each with a connection
 */
record ApiFlood(Path socket, int clients) implements Flood {
  private static final byte[] REQUEST =
      "GET /1.0/instances?recursion=2 HTTP/1.1\r\nHost: localhost\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);
  private static final String LENGTH = "content-length:";

  @Override
  public String name() {
    return "API";
  }

  @Override
  public String unit() {
    return "requests";
  }

  @Override
  public Running start() {
    AtomicLong answers = new AtomicLong();
    List<SocketChannel> connections = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      try {
        SocketChannel connection = SocketChannel.open(StandardProtocolFamily.UNIX);
        connections.add(connection);
        boolean connected = connection.connect(UnixDomainSocketAddress.of(socket));
        assert connected;
        Thread.ofPlatform().daemon().name("flood").start(() -> ask(connection, answers));
      } catch (IOException e) {
        connections.forEach(ApiFlood::close);
        throw ProblemException.failed("no host process answers at " + socket, "", e);
      }
    }
    return new Running() {
      @Override
      public long count() {
        return answers.get();
      }

      @Override
      public void stop() {
        connections.forEach(ApiFlood::close);
      }
    };
  }

  private static void close(SocketChannel connection) {
    try {
      connection.close();
    } catch (IOException e) {
      throw new IllegalStateException("a socket that cannot be closed", e);
    }
  }

  /** Until the connection is closed, by whichever side. */
  private static void ask(SocketChannel connection, AtomicLong answers) {
    try {
      InputStream input = new BufferedInputStream(Channels.newInputStream(connection));
      while (connection.isOpen()) {
        ByteBuffer request = ByteBuffer.wrap(REQUEST);
        while (request.hasRemaining()) {
          int written = connection.write(request);
          assert written > 0;
        }
        input.skipNBytes(bodyLength(input));
        answers.incrementAndGet();
      }
    } catch (IOException e) {
      close(connection);
    }
  }

  private static long bodyLength(InputStream input) throws IOException {
    long length = 0;
    String line = line(input);
    while (!line.isEmpty()) {
      if (line.toLowerCase(Locale.ROOT).startsWith(LENGTH)) {
        length = Long.parseLong(line.substring(LENGTH.length()).strip());
      }
      line = line(input);
    }
    return length;
  }

  private static String line(InputStream input) throws IOException {
    StringBuilder line = new StringBuilder();
    int next = input.read();
    while (next != '\n') {
      if (next < 0) {
        throw new IOException("the connection has ended");
      }
      line.append((char) next);
      next = input.read();
    }
    return line.toString().strip();
  }
}
