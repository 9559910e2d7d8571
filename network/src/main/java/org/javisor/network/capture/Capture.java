package org.javisor.network.capture;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.javisor.network.ethernet.FrameTap;
import org.javisor.network.ethernet.SwitchPort;
import org.javisor.virtio.net.Frame;
import org.jspecify.annotations.Nullable;

/**
 * Writes the frames at ports as pcapng (draft-ietf-opsawg-pcapng), with times in nanoseconds, an
 * interface for each port, and the direction of each frame: in is from the machine. What arrives
 * faster than it can be written is left out and counted; the network does not wait.
 */
public final class Capture implements FrameTap, AutoCloseable {
  private static final int MAXIMUM_WAITING_BYTES = 16 << 20;
  private static final int SECTION = 0x0a0d0d0a;
  private static final int BYTE_ORDER = 0x1a2b3c4d;
  private static final int INTERFACE = 1;
  private static final int PACKET = 6;
  private static final int ETHERNET = 1;
  private static final int OPTION_NAME = 2;
  private static final int OPTION_RESOLUTION = 9;
  private static final int OPTION_FLAGS = 2;
  private static final int NANOSECONDS = 9;
  private static final int FROM_MACHINE = 1;
  private static final int TO_MACHINE = 2;

  private record Seen(SwitchPort port, boolean sent, Frame frame, long time) {}

  private final OutputStream out;
  private final Predicate<SwitchPort> which;
  private final Runnable whenClosed;
  private final ArrayDeque<Seen> waiting = new ArrayDeque<>();
  private final Map<SwitchPort, Integer> interfaces = new HashMap<>();
  private final LongAdder written = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final Thread writer;
  private int waitingBytes;
  private boolean closed;
  private volatile @Nullable IOException failure;

  /**
   * Begins to write; frames come by {@link #frame}.
   *
   * @param out is closed in the end
   * @param which the ports to be seen
   * @param whenClosed stops the frames
   * @throws IOException if the beginning cannot be written
   */
  public Capture(OutputStream out, Predicate<SwitchPort> which, Runnable whenClosed)
      throws IOException {
    this.out = out;
    this.which = which;
    this.whenClosed = whenClosed;
    // Version 1.0, of a length that is not known yet.
    block(SECTION, body(16).putInt(BYTE_ORDER).putShort((short) 1).putShort((short) 0).putLong(-1));
    out.flush();
    writer = Thread.ofVirtual().name("capture").start(this::write);
  }

  /** Frames written so far. */
  public long written() {
    return written.sum();
  }

  /** Frames left out. */
  public long dropped() {
    return dropped.sum();
  }

  /** Why writing has ended before its time, if it has. */
  public @Nullable IOException failure() {
    return failure;
  }

  @Override
  public void frame(SwitchPort port, boolean sent, Frame frame) {
    if (!which.test(port)) {
      return;
    }
    Instant now = Instant.now();
    long time = now.getEpochSecond() * 1_000_000_000L + now.getNano();
    synchronized (waiting) {
      if (closed || waitingBytes + frame.length() > MAXIMUM_WAITING_BYTES) {
        dropped.increment();
        return;
      }
      if (waiting.isEmpty()) {
        waiting.notifyAll();
      }
      waiting.add(new Seen(port, sent, frame, time));
      waitingBytes += frame.length();
    }
  }

  private void write() {
    try (out) {
      for (Seen seen = next(); seen != null; seen = next()) {
        write(seen);
        written.increment();
      }
    } catch (IOException e) {
      failure = e;
      synchronized (waiting) {
        closed = true;
        waiting.clear();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private @Nullable Seen next() throws InterruptedException, IOException {
    synchronized (waiting) {
      Seen seen = waiting.poll();
      if (seen == null) {
        // Whoever reads along sees what there is.
        out.flush();
      }
      while (seen == null && !closed) {
        waiting.wait();
        seen = waiting.poll();
      }
      if (seen != null) {
        waitingBytes -= seen.frame().length();
      }
      return seen;
    }
  }

  private void write(Seen seen) throws IOException {
    Integer number = interfaces.get(seen.port());
    if (number == null) {
      number = interfaces.size();
      interfaces.put(seen.port(), number);
      writeInterface(seen.port().name());
    }
    byte[] bytes = seen.frame().bytes();
    ByteBuffer body = body(20 + padded(bytes.length) + 12);
    body.putInt(number).putInt((int) (seen.time() >>> 32)).putInt((int) seen.time());
    body.putInt(bytes.length).putInt(bytes.length).put(bytes);
    body.position(20 + padded(bytes.length));
    body.putShort((short) OPTION_FLAGS).putShort((short) 4);
    body.putInt(seen.sent() ? FROM_MACHINE : TO_MACHINE).putInt(0);
    block(PACKET, body);
  }

  private void writeInterface(String name) throws IOException {
    byte[] bytes = name.getBytes(UTF_8);
    ByteBuffer body = body(8 + 4 + padded(bytes.length) + 8 + 4);
    body.putShort((short) ETHERNET).putShort((short) 0).putInt(0);
    body.putShort((short) OPTION_NAME).putShort((short) bytes.length).put(bytes);
    body.position(12 + padded(bytes.length));
    body.putShort((short) OPTION_RESOLUTION).putShort((short) 1).putInt(NANOSECONDS).putInt(0);
    block(INTERFACE, body);
  }

  private static ByteBuffer body(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int padded(int length) {
    return (length + 3) & ~3;
  }

  /** A block: its type, its length, what is in it, and its length again. */
  private void block(int type, ByteBuffer body) throws IOException {
    byte[] bytes = new byte[12 + body.capacity()];
    ByteBuffer block = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    block.putInt(type).putInt(bytes.length).put(body.clear()).putInt(bytes.length);
    out.write(bytes);
  }

  /** Sees no more; what has been seen is written when this returns. */
  @Override
  public void close() {
    whenClosed.run();
    synchronized (waiting) {
      closed = true;
      waiting.notifyAll();
    }
    try {
      writer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
