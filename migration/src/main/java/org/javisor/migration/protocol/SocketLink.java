package org.javisor.migration.protocol;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;

/** A link over a connected socket. */
final class SocketLink implements Link {
  private final Socket socket;
  private final FrameReader in;
  private final FrameWriter out;

  SocketLink(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    in = new FrameReader(socket.getInputStream());
    out = new FrameWriter(socket.getOutputStream());
  }

  @Override
  public void send(Message message) throws IOException {
    out.write(message);
  }

  @Override
  public void send(Content.Kind kind, byte[] bytes, int length) throws IOException {
    out.write(kind, bytes, length);
  }

  @Override
  public long sent() {
    return out.written();
  }

  @Override
  public void setPatience(Duration patience) throws IOException {
    socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
  }

  @Override
  public Frame receive() throws IOException {
    return in.receive();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
