package org.javisor.network.capture;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
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
 * faster than it can be written is left out and counted; the network does not wait. Statistics of
 * the interfaces, with what was left out, follow when it is quiet for a while and in the end.
 */
public final class Capture implements FrameTap, AutoCloseable {
  private static final int MAXIMUM_WAITING_BYTES = 16 << 20;
  private static final int SECTION = 0x0a0d0d0a;
  private static final int BYTE_ORDER = 0x1a2b3c4d;
  private static final int INTERFACE = 1;
  private static final int STATISTICS = 5;
  private static final int PACKET = 6;
  private static final int ETHERNET = 1;
  private static final int OPTION_NAME = 2;
  private static final int OPTION_RESOLUTION = 9;
  private static final int OPTION_FLAGS = 2;
  private static final int OPTION_RECEIVED = 4;
  private static final int OPTION_DROPPED = 5;
  private static final int NANOSECONDS = 9;
  private static final int FROM_MACHINE = 1;
  private static final int TO_MACHINE = 2;

  /** A quiet reader that has gone is noticed by then. */
  private static final Duration QUIET = Duration.ofSeconds(5);

  private sealed interface Step {}

  private record Seen(SwitchPort port, boolean sent, Frame frame, long time) implements Step {}

  private record Quiet() implements Step {}

  private record End() implements Step {}

  /** What is known of a port, guarded by {@code waiting}. */
  private static final class Interface {
    final int number;
    long seen;
    long dropped;

    Interface(int number) {
      this.number = number;
    }
  }

  private final OutputStream out;
  private final Predicate<SwitchPort> which;
  private final Runnable whenClosed;
  private final ArrayDeque<Seen> waiting = new ArrayDeque<>();
  private final Map<SwitchPort, Interface> interfaces = new LinkedHashMap<>();
  private int described;
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
   * @param ports those that there are now
   * @param whenClosed stops the frames
   * @throws IOException if the beginning cannot be written
   */
  public Capture(
      OutputStream out, Predicate<SwitchPort> which, List<SwitchPort> ports, Runnable whenClosed)
      throws IOException {
    this.out = out;
    this.which = which;
    this.whenClosed = whenClosed;
    // Version 1.0, of a length that is not known yet.
    block(SECTION, body(16).putInt(BYTE_ORDER).putShort((short) 1).putShort((short) 0).putLong(-1));
    synchronized (waiting) {
      ports.stream().filter(which).forEach(this::known);
    }
    describe();
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
    long time = nanoseconds(now);
    synchronized (waiting) {
      Interface known = known(port);
      known.seen++;
      if (closed || waitingBytes + frame.length() > MAXIMUM_WAITING_BYTES) {
        dropped.increment();
        known.dropped++;
        return;
      }
      if (waiting.isEmpty()) {
        waiting.notifyAll();
      }
      waiting.add(new Seen(port, sent, frame, time));
      waitingBytes += frame.length();
    }
  }

  private static long nanoseconds(Instant time) {
    return time.getEpochSecond() * 1_000_000_000L + time.getNano();
  }

  private Interface known(SwitchPort port) {
    return interfaces.computeIfAbsent(port, _ -> new Interface(interfaces.size()));
  }

  private void write() {
    try (out) {
      for (Step step = next(); !(step instanceof End); step = next()) {
        describe();
        switch (step) {
          case Seen seen -> {
            write(seen);
            written.increment();
          }
          default -> writeStatistics();
        }
      }
      writeStatistics();
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

  private Step next() throws InterruptedException, IOException {
    synchronized (waiting) {
      Seen seen = waiting.poll();
      if (seen == null) {
        // Whoever reads along sees what there is.
        out.flush();
        if (!closed) {
          waiting.wait(QUIET.toMillis());
          seen = waiting.poll();
        }
      }
      if (seen == null) {
        return closed ? new End() : new Quiet();
      }
      waitingBytes -= seen.frame().length();
      return seen;
    }
  }

  /** Interfaces come before their frames, in the order of their numbers. */
  private void describe() throws IOException {
    List<SwitchPort> fresh;
    synchronized (waiting) {
      fresh = interfaces.keySet().stream().skip(described).toList();
    }
    for (SwitchPort port : fresh) {
      writeInterface(port.name());
      described++;
    }
  }

  private void write(Seen seen) throws IOException {
    int number;
    synchronized (waiting) {
      number = known(seen.port()).number;
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

  private void writeStatistics() throws IOException {
    List<long[]> figures;
    synchronized (waiting) {
      figures =
          interfaces.values().stream()
              .map(one -> new long[] {one.number, one.seen, one.dropped})
              .filter(one -> one[0] < described)
              .toList();
    }
    long time = nanoseconds(Instant.now());
    for (long[] one : figures) {
      ByteBuffer body = body(12 + 12 + 12 + 4);
      body.putInt((int) one[0]).putInt((int) (time >>> 32)).putInt((int) time);
      body.putShort((short) OPTION_RECEIVED).putShort((short) 8).putLong(one[1]);
      body.putShort((short) OPTION_DROPPED).putShort((short) 8).putLong(one[2]).putInt(0);
      block(STATISTICS, body);
    }
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

  /** Waits until it has ended: it was closed, its network was, or nothing more can be written. */
  public void awaitEnd() throws InterruptedException {
    writer.join();
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
