package org.javisor.network.passt;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.javisor.virtio.net.Frame;

/**
 * A running passt and the socket to it. The socket's file is gone as soon as both ends are
 * connected, and passt ends with the connection: nothing is left, however we end.
 */
final class PasstProcess implements AutoCloseable {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);
  private static final int LINES = 10;
  private static final int BUFFER = 512 << 10;

  private final Process process;
  private final SocketChannel channel;
  private final FrameWriter writer;
  private final Consumer<byte[]> receiver;
  private final CountDownLatch ended = new CountDownLatch(1);

  private PasstProcess(Process process, SocketChannel channel, Consumer<byte[]> receiver) {
    this.process = process;
    this.channel = channel;
    this.receiver = receiver;
    this.writer = new FrameWriter(channel);
  }

  /**
   * Starts it.
   *
   * @param receiver gets the frames from outside, in one thread
   * @throws IOException if it is not there or does not come up; nothing is left then
   */
  static PasstProcess start(
      PasstConfiguration configuration, int trunkPort, Consumer<byte[]> receiver)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("javisor-passt-");
    Path socket = folder.resolve("s");
    Process process = null;
    boolean connected = false;
    try {
      giveToPasst(folder);
      ProcessBuilder builder =
          new ProcessBuilder(configuration.command(socket.toString(), trunkPort))
              .redirectErrorStream(true);
      process = builder.start();
      process.getOutputStream().close();
      ArrayDeque<String> lines = new ArrayDeque<>();
      Process started = process;
      Thread.ofVirtual().name("passt output").start(() -> keepLines(started, lines));
      SocketChannel channel = connect(socket, process, lines);
      connected = true;
      PasstProcess passt = new PasstProcess(process, channel, receiver);
      Thread.ofVirtual().name("passt reader").start(passt::read);
      Thread.ofVirtual().name("passt writer").start(passt::write);
      return passt;
    } finally {
      if (!connected && process != null) {
        process.destroyForcibly();
      }
      Files.deleteIfExists(socket);
      Files.deleteIfExists(folder);
    }
  }

  /** Started by root, passt becomes "nobody", who then has to make the socket. */
  private static void giveToPasst(Path folder) throws IOException {
    if (Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
      UserPrincipal nobody =
          folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
      Files.setOwner(folder, nobody);
    }
  }

  private static SocketChannel connect(Path socket, Process process, ArrayDeque<String> lines)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE;
    while (true) {
      if (Files.exists(socket)) {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
          channel.connect(UnixDomainSocketAddress.of(socket));
          return channel;
        } catch (IOException e) {
          channel.close(); // It is bound, but does not listen yet.
        }
      }
      boolean gone = process.waitFor(5, TimeUnit.MILLISECONDS);
      if (gone || System.nanoTime() - end > 0) {
        String said;
        synchronized (lines) {
          said = String.join("; ", lines);
        }
        throw new IOException(
            "passt "
                + (gone ? "has ended with " + process.exitValue() : "does not listen")
                + (said.isEmpty() ? "" : ": " + said));
      }
    }
  }

  private static void keepLines(Process process, ArrayDeque<String> lines) {
    try (BufferedReader reader = process.inputReader()) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        // Hosts without a system logger have it complain of that after each line.
        if (!line.isBlank() && !line.contains("syslog")) {
          synchronized (lines) {
            lines.add(line.strip());
            if (lines.size() > LINES) {
              lines.remove();
            }
          }
        }
      }
    } catch (IOException e) {
      // It has ended.
    }
  }

  /** Takes a frame of a machine, or drops it; never blocks. */
  boolean send(byte[] frame, int machine) {
    return writer.offer(frame, machine);
  }

  private void read() {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    try {
      while (channel.read(buffer) >= 0) {
        buffer.flip();
        while (buffer.remaining() >= 4) {
          int length = buffer.getInt(buffer.position());
          if (length < Frame.MINIMUM_BYTES || length > Frame.MAXIMUM_BYTES) {
            throw new IOException("passt sent a frame of " + length + " bytes");
          }
          if (buffer.remaining() < 4 + length) {
            break;
          }
          byte[] frame = new byte[length];
          buffer.getInt();
          buffer.get(frame);
          receiver.accept(frame);
        }
        buffer.compact();
      }
    } catch (IOException e) {
      // As good as its end.
    } finally {
      end();
    }
  }

  private void write() {
    try {
      writer.run();
    } catch (IOException e) {
      end();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      end();
    }
  }

  private void end() {
    writer.close();
    try {
      channel.close();
    } catch (IOException e) {
      // There is nothing more to be done about it.
    }
    ended.countDown();
  }

  /** Waits until the connection has ended, whoever ended it. */
  void awaitEnd() throws InterruptedException {
    ended.await();
  }

  /** Its number, for those that look. */
  long pid() {
    return process.pid();
  }

  /** Ends it; it is gone when this returns. */
  @Override
  public void close() {
    end();
    try {
      if (!process.waitFor(2, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
