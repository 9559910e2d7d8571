package org.javisor.migration.protocol;

import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/**
 * The connection of the two sides. One thread sends and one receives; anybody may close it, and
 * both notice.
 */
public interface Link extends Closeable {
  /** A link over a connected socket, which is closed with it. */
  static Link over(Socket socket) throws IOException {
    return new SocketLink(socket);
  }

  /**
   * Says something.
   *
   * @throws IOException if the other side is gone
   */
  void send(Message message) throws IOException;

  /**
   * Sends content.
   *
   * @param bytes of which the first {@code length} are sent, at most {@link Content#LONGEST}
   */
  void send(Content.Kind kind, byte[] bytes, int length) throws IOException;

  /** Bytes sent so far. */
  long sent();

  /** For how long {@link #receive} waits from now on; zero for ever. */
  void setPatience(Duration patience) throws IOException;

  /**
   * Hears something. Content is in a buffer that the next is received into.
   *
   * @throws ProtocolException if it is damaged or of no kind that this version knows
   * @throws SocketTimeoutException if nothing comes in time
   * @throws IOException if the other side is gone
   */
  Frame receive() throws IOException;

  /**
   * Hears a message of one kind.
   *
   * @throws ProtocolException if it is another one; {@link Message.Failed} with its reason
   */
  default <M extends Message> M expect(Class<M> type) throws IOException {
    Frame frame = receive();
    if (frame instanceof Message.Failed failed) {
      throw new ProtocolException(failed.reason());
    }
    if (!type.isInstance(frame)) {
      throw new ProtocolException("the other host says what nobody expects");
    }
    return type.cast(frame);
  }
}
