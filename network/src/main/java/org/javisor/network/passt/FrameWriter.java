package org.javisor.network.passt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Frames on their way to a stream socket: each behind its length in four bytes, big-endian. Who
 * sends does not wait; each machine has a bounded share of what may wait.
 */
final class FrameWriter {
  private static final int MAXIMUM_BYTES = 8 << 20;
  private static final int MAXIMUM_BYTES_OF_ONE = 1 << 20;
  private static final int BUFFER = 256 << 10;

  @SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
  private record Waiting(byte[] frame, int machine) {}

  private final SocketChannel channel;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private final Map<Integer, Integer> shares = new HashMap<>();
  private int bytes;
  private boolean closed;

  FrameWriter(SocketChannel channel) {
    this.channel = channel;
  }

  /** Appends a frame of a machine if there is room. */
  synchronized boolean offer(byte[] frame, int machine) {
    int share = shares.getOrDefault(machine, 0);
    if (closed
        || bytes + frame.length > MAXIMUM_BYTES
        || share + frame.length > MAXIMUM_BYTES_OF_ONE) {
      return false;
    }
    if (waiting.isEmpty()) {
      notifyAll();
    }
    waiting.add(new Waiting(frame, machine));
    shares.put(machine, share + frame.length);
    bytes += frame.length;
    return true;
  }

  synchronized void close() {
    closed = true;
    notifyAll();
  }

  /** Writes frames until the end of either side. */
  void run() throws IOException, InterruptedException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    while (take(buffer)) {
      buffer.flip();
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      buffer.clear();
    }
  }

  private synchronized boolean take(ByteBuffer buffer) throws InterruptedException {
    while (waiting.isEmpty() && !closed) {
      wait();
    }
    @Nullable Waiting next = waiting.peek();
    while (next != null && !closed && buffer.remaining() >= 4 + next.frame().length) {
      waiting.remove();
      int length = next.frame().length;
      buffer.putInt(length).put(next.frame());
      bytes -= length;
      shares.computeIfPresent(
          next.machine(), (key, share) -> share == length ? null : share - length);
      next = waiting.peek();
    }
    return !closed;
  }
}
