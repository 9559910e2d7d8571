package org.javisor.host.handover;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.javisor.machine.SavedStateException;
import org.javisor.machine.StateCodec;

/**
 * The connection of the two processes. A message is a byte for its kind, its length (4 bytes, the
 * highest first), and the record as {@link StateCodec} writes it, which names its version.
 */
public final class HandOverLink implements Closeable {
  /** A machine's devices have some hundred KiB of state. */
  private static final int LONGEST = 64 << 20;

  private final SocketChannel channel;
  private final DataInputStream in;
  private final DataOutputStream out;

  private HandOverLink(SocketChannel channel) {
    this.channel = channel;
    in = new DataInputStream(Channels.newInputStream(channel));
    out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel)));
  }

  /** Where a process of a data folder waits for machines. */
  public static Path socket(Path dataFolder) {
    return dataFolder.resolve("host").resolve("handover");
  }

  /**
   * Connects to the new process.
   *
   * @throws IOException if none waits
   */
  public static HandOverLink connect(Path socket) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    boolean connected = false;
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
      connected = true;
      return new HandOverLink(channel);
    } finally {
      if (!connected) {
        channel.close();
      }
    }
  }

  /**
   * Waits for the old process; the socket's file is there as long as it does.
   *
   * @throws IOException if it does not come in time
   */
  public static HandOverLink accept(Path socket, Duration timeout) throws IOException {
    Files.deleteIfExists(socket);
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      // Under another name until somebody listens, so that whoever sees it can connect.
      Path fresh = socket.resolveSibling(socket.getFileName() + ".new");
      Files.deleteIfExists(fresh);
      server.bind(UnixDomainSocketAddress.of(fresh));
      Files.move(fresh, socket);
      Thread alarm = closeAfter(timeout, server);
      try {
        return new HandOverLink(server.accept());
      } finally {
        alarm.interrupt();
      }
    } finally {
      Files.deleteIfExists(socket);
    }
  }

  /**
   * Says something.
   *
   * @throws IOException if the other process is gone
   */
  public void send(HandOverMessage message) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    StateCodec.write(bytes, message);
    out.writeByte(kind(message));
    out.writeInt(bytes.size());
    bytes.writeTo(out);
    out.flush();
  }

  /**
   * Hears something, waiting as long as it takes.
   *
   * @throws IOException if the other process is gone, or says what this version does not understand
   */
  public HandOverMessage receive() throws IOException {
    int kind = in.readUnsignedByte();
    int length = in.readInt();
    if (length < 0 || length > LONGEST) {
      throw new IOException("a message of " + length + " bytes");
    }
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException();
    }
    try {
      return StateCodec.read(new ByteArrayInputStream(bytes), type(kind));
    } catch (SavedStateException e) {
      throw new IOException(
          "the other process is of a version that does not fit: " + e.getMessage(), e);
    }
  }

  /**
   * As {@link #receive()}, but the link is closed if nothing comes in time.
   *
   * @throws IOException likewise
   */
  public HandOverMessage receive(Duration timeout) throws IOException {
    Thread alarm = closeAfter(timeout, channel);
    try {
      return receive();
    } finally {
      alarm.interrupt();
    }
  }

  private static Thread closeAfter(Duration time, Closeable what) {
    return Thread.ofVirtual()
        .name("hand-over limit")
        .start(
            () -> {
              try {
                Thread.sleep(time);
                closeQuietly(what);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // It came in time.
              }
            });
  }

  private static void closeQuietly(Closeable what) {
    try {
      what.close();
    } catch (IOException e) {
      // Whoever waits for it sees that.
    }
  }

  private static int kind(HandOverMessage message) {
    return switch (message) {
      case HandOverMessage.Greeting _ -> 1;
      case HandOverMessage.Ready _ -> 2;
      case MachineTransfer _ -> 3;
      case HandOverMessage.Complete _ -> 4;
      case HandOverMessage.Prepared _ -> 5;
      case HandOverMessage.Go _ -> 6;
      case HandOverMessage.Refused _ -> 7;
    };
  }

  private static Class<? extends HandOverMessage> type(int kind) throws IOException {
    return switch (kind) {
      case 1 -> HandOverMessage.Greeting.class;
      case 2 -> HandOverMessage.Ready.class;
      case 3 -> MachineTransfer.class;
      case 4 -> HandOverMessage.Complete.class;
      case 5 -> HandOverMessage.Prepared.class;
      case 6 -> HandOverMessage.Go.class;
      case 7 -> HandOverMessage.Refused.class;
      default -> throw new IOException("a message of the unknown kind " + kind);
    };
  }

  @Override
  public void close() {
    closeQuietly(channel);
  }
}
