package org.javisor.virtio.net;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Frames that wait for the guest, bounded in number and in bytes. Safe from any thread. */
final class FrameQueue {
  private static final int MAXIMUM_FRAMES = 1024;
  private static final int MAXIMUM_BYTES = 4 << 20;

  private final ArrayDeque<Frame> frames = new ArrayDeque<>();
  private int bytes;

  /** Appends a frame if there is room. */
  synchronized boolean offer(Frame frame) {
    if (frames.size() == MAXIMUM_FRAMES || bytes > MAXIMUM_BYTES - frame.length()) {
      return false;
    }
    frames.add(frame);
    bytes += frame.length();
    return true;
  }

  synchronized @Nullable Frame peek() {
    return frames.peek();
  }

  synchronized void remove() {
    bytes -= frames.remove().length();
  }

  synchronized void clear() {
    frames.clear();
    bytes = 0;
  }
}
