package org.javisor.migration.protocol;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.zip.CRC32C;
import org.javisor.machine.SavedStateException;
import org.javisor.machine.StateCodec;

/**
 * The connection of the two sides. One thread sends and one receives; anybody may close it, and
 * both notice.
 */
public final class Link implements Closeable {
  /** A machine's devices have some hundred KiB of state. */
  private static final int LONGEST_MESSAGE = 64 << 20;

  private static final int BUFFER = 1 << 16;

  /** By their kind in a frame, from 1. Only ever added to. */
  private static final List<Class<? extends Message>> MESSAGES =
      List.of(
          Message.Offer.class,
          Message.Refused.class,
          Message.Reserved.class,
          Message.FileEnd.class,
          Message.RoundEnd.class,
          Message.RoundDone.class,
          Message.Complete.class,
          Message.Prepared.class,
          Message.Committed.class,
          Message.Activated.class,
          Message.Failed.class,
          Message.Trial.class);

  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;
  private final byte[] content = new byte[Content.LONGEST];
  private long sent;

  /** A link over a connected socket, which is closed with it. */
  public Link(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER));
    // Frames of content are long: a buffer would only copy them once more.
    out = new DataOutputStream(socket.getOutputStream());
  }

  /**
   * Says something.
   *
   * @throws IOException if the other side is gone
   */
  public void send(Message message) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    StateCodec.write(bytes, message);
    int kind = 1 + MESSAGES.indexOf(message.getClass());
    send(kind, bytes.toByteArray(), bytes.size());
  }

  /**
   * Sends content.
   *
   * @param bytes of which the first {@code length} are sent, at most {@link Content#LONGEST}
   */
  public void send(Content.Kind kind, byte[] bytes, int length) throws IOException {
    send(kind.code(), bytes, length);
  }

  private void send(int kind, byte[] bytes, int length) throws IOException {
    CRC32C sum = new CRC32C();
    sum.update(bytes, 0, length);
    ByteBuffer head = ByteBuffer.allocate(1 + 2 * Integer.BYTES);
    head.put((byte) kind).putInt(length).putInt((int) sum.getValue());
    out.write(head.array());
    out.write(bytes, 0, length);
    out.flush();
    sent += head.capacity() + length;
  }

  /** Bytes sent so far. */
  public long sent() {
    return sent;
  }

  /** For how long {@link #receive} waits from now on; zero for ever. */
  public void setPatience(Duration patience) throws IOException {
    socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
  }

  /**
   * Hears something.
   *
   * @throws ProtocolException if it is damaged or of no kind that this version knows
   * @throws SocketTimeoutException if nothing comes in time
   * @throws IOException if the other side is gone
   */
  public Frame receive() throws IOException {
    int kind = in.readUnsignedByte();
    int length = in.readInt();
    int sum = in.readInt();
    for (Content.Kind one : Content.Kind.values()) {
      if (one.code() == kind) {
        return content(one, length, sum);
      }
    }
    if (kind < 1 || kind > MESSAGES.size()) {
      throw new ProtocolException("a frame of the unknown kind " + kind);
    }
    if (length < 0 || length > LONGEST_MESSAGE) {
      throw new ProtocolException("a message of " + length + " bytes");
    }
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException();
    }
    check(bytes, length, sum);
    try {
      return StateCodec.read(new ByteArrayInputStream(bytes), MESSAGES.get(kind - 1));
    } catch (SavedStateException e) {
      throw new ProtocolException(
          "the other host is of a version that does not fit: " + e.getMessage(), e);
    } catch (EOFException e) {
      throw new ProtocolException("a message that ends too early", e);
    }
  }

  private Content content(Content.Kind kind, int length, int sum) throws IOException {
    if (length < 0 || length > Content.LONGEST) {
      throw new ProtocolException("a piece of " + length + " bytes");
    }
    in.readFully(content, 0, length);
    check(content, length, sum);
    return new Content(kind, ByteBuffer.wrap(content, 0, length));
  }

  private static void check(byte[] bytes, int length, int expected) throws ProtocolException {
    CRC32C sum = new CRC32C();
    sum.update(bytes, 0, length);
    if ((int) sum.getValue() != expected) {
      throw new ProtocolException("a frame was damaged on its way");
    }
  }

  /**
   * Hears a message of one kind.
   *
   * @throws ProtocolException if it is another one; {@link Message.Failed} with its reason
   */
  public <M extends Message> M expect(Class<M> type) throws IOException {
    Frame frame = receive();
    if (frame instanceof Message.Failed failed) {
      throw new ProtocolException(failed.reason());
    }
    if (!type.isInstance(frame)) {
      throw new ProtocolException("the other host says what nobody expects");
    }
    return type.cast(frame);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
