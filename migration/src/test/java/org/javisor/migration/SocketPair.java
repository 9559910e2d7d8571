package org.javisor.migration;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/** Two connected sockets; the connection is cut after so many bytes in either direction. */
final class SocketPair implements AutoCloseable {
  private final Socket source;
  private final Socket target;
  private final AtomicLong left;

  SocketPair(long bytes) throws IOException {
    left = new AtomicLong(bytes);
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      source = new CutSocket(server.getLocalPort());
      target = server.accept();
    }
  }

  Socket source() {
    return source;
  }

  Socket target() {
    return target;
  }

  private void spend(int bytes) throws IOException {
    if (left.addAndGet(-bytes) < 0) {
      close();
      throw new IOException("the connection was cut");
    }
  }

  @Override
  public void close() throws IOException {
    source.close();
    target.close();
  }

  /** Counts at the source what passes. */
  private final class CutSocket extends Socket {
    CutSocket(int port) throws IOException {
      super(InetAddress.getLoopbackAddress(), port);
    }

    @Override
    public InputStream getInputStream() throws IOException {
      return new FilterInputStream(super.getInputStream()) {
        @Override
        public int read() throws IOException {
          spend(1);
          return super.read();
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
          int read = super.read(bytes, from, length);
          spend(Math.max(0, read));
          return read;
        }
      };
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
      return new FilterOutputStream(super.getOutputStream()) {
        @Override
        public void write(int b) throws IOException {
          spend(1);
          super.write(b);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
          // What fits is still sent: a cut may come in the middle of a frame.
          int fits = (int) Math.min(length, Math.max(0, left.get()));
          out.write(bytes, from, fits);
          spend(length);
        }
      };
    }
  }
}
