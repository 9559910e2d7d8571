package org.javisor.server.instance;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.javisor.server.http.SocketStream;

/** WebSockets as the streams of whatever runs here. */
final class SocketStreams {
  private SocketStreams() {}

  /**
   * What comes by a socket, up to an empty text or the socket's end.
   *
   * @param wanted run before the first byte is waited for
   */
  static InputStream input(SocketStream socket, Runnable wanted) {
    return new Input(socket, wanted);
  }

  /** What goes out by a socket; a write fails once the other end is gone. */
  static OutputStream output(SocketStream socket) {
    return new Output(socket);
  }

  private static InterruptedIOException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    InterruptedIOException said = new InterruptedIOException();
    said.initCause(e);
    return said;
  }

  private static final class Input extends InputStream {
    private final SocketStream socket;
    private final Runnable wanted;
    private byte[] part = new byte[0];
    private int next;
    private boolean begun;
    private boolean ended;

    Input(SocketStream socket, Runnable wanted) {
      this.socket = socket;
      this.wanted = wanted;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public synchronized int read(byte[] destination, int offset, int length) throws IOException {
      if (!begun) {
        begun = true;
        wanted.run();
      }
      while (next == part.length && !ended) {
        take();
      }
      int count = Math.min(length, part.length - next);
      if (count == 0 && length > 0) {
        return -1;
      }
      System.arraycopy(part, next, destination, offset, count);
      next += count;
      return count;
    }

    private void take() throws IOException {
      try {
        switch (socket.take()) {
          case SocketStream.Message.Binary binary -> part = binary.bytes();
          case SocketStream.Message.Text text -> {
            part = text.text().getBytes(StandardCharsets.UTF_8);
            ended = part.length == 0;
          }
          case SocketStream.Message.End end -> {
            part = new byte[0];
            ended = true;
          }
        }
        next = 0;
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }
  }

  private static final class Output extends OutputStream {
    private final SocketStream socket;

    Output(SocketStream socket) {
      this.socket = socket;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      try {
        socket.send(source, offset, length);
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }
  }
}
