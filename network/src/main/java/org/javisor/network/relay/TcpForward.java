package org.javisor.network.relay;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.javisor.network.forward.Forward;

/** Forwards connections of TCP, each by two threads that copy. */
public final class TcpForward implements Forward {
  /** Connections at once; more are closed at once. */
  private static final int CONNECTIONS = 1024;

  private static final int BUFFER = 64 << 10;

  /** Connects to the machine. */
  @FunctionalInterface
  public interface Connector {
    /** A new connection. */
    SocketChannel connect() throws IOException;
  }

  private final ServerSocketChannel server;
  private final InetSocketAddress local;
  private final Connector connector;
  private final Runnable whenClosed;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * Listens.
   *
   * @param address to listen at; port 0 is for any
   * @throws IOException if that is not possible
   */
  public TcpForward(InetSocketAddress address, Connector connector, Runnable whenClosed)
      throws IOException {
    this.connector = connector;
    this.whenClosed = whenClosed;
    server = ServerSocketChannel.open();
    try {
      server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      server.bind(address);
      local = (InetSocketAddress) server.getLocalAddress();
    } catch (IOException e) {
      server.close();
      throw e;
    }
    Thread.ofVirtual().name("forward " + local).start(this::accept);
  }

  @Override
  public InetSocketAddress local() {
    return local;
  }

  private void accept() {
    try {
      while (!closed) {
        SocketChannel client = server.accept();
        if (open.size() >= 2 * CONNECTIONS) {
          client.close();
        } else {
          Thread.ofVirtual().name("forward " + local).start(() -> serve(client));
        }
      }
    } catch (IOException e) {
      // It is closed, or the host has no more of something: no way to go on.
    }
  }

  private void serve(SocketChannel client) {
    try (client;
        SocketChannel machine = connector.connect()) {
      client.setOption(StandardSocketOptions.TCP_NODELAY, true);
      machine.setOption(StandardSocketOptions.TCP_NODELAY, true);
      open.add(client);
      open.add(machine);
      if (closed) {
        return;
      }
      Thread back = Thread.ofVirtual().start(() -> copy(machine, client));
      copy(client, machine);
      back.join();
    } catch (IOException e) {
      // Whoever is left sees its connection end.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.removeIf(channel -> !channel.isOpen());
    }
  }

  private static void copy(SocketChannel from, SocketChannel to) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    try {
      while (from.read(buffer) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          to.write(buffer);
        }
        buffer.clear();
      }
      // The other direction may go on.
      to.shutdownOutput();
    } catch (IOException e) {
      close(from);
      close(to);
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // There is nothing more to be done about it.
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      server.close();
    } catch (IOException e) {
      // There is nothing more to be done about it.
    }
    open.forEach(TcpForward::close);
    whenClosed.run();
  }
}
