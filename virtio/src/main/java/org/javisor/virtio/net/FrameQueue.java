package org.javisor.virtio.net;

import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Frames that wait for the guest, bounded in number and in bytes. Senders take turns, each for the
 * same number of bytes (deficit round robin: Shreedhar and Varghese, 1995); where there is no room,
 * who has most loses his last frame. So a sender that floods the guest delays the others by one
 * turn, and costs them no frame. Senders are told apart by where they came into the network, never
 * by an address in a frame, of which one sender may have many. More than {@value #MANY} senders at
 * once share turns. Safe from any thread, but one only takes.
 */
final class FrameQueue {
  private static final int MAXIMUM_FRAMES = 1024;
  private static final int MAXIMUM_BYTES = 4 << 20;
  private static final int MANY = 128;

  /** Bytes of a turn: the longest frame fits into one. */
  private static final int TURN = Frame.MAXIMUM_BYTES;

  /** What waits of one sender. */
  private static final class Line {
    private final Object sender;
    private final ArrayDeque<Frame> frames = new ArrayDeque<>();
    private int bytes;

    /** Bytes that are left of its turn. */
    private int credit = TURN;

    Line(Object sender) {
      this.sender = sender;
    }
  }

  /** Those of whom something waits. */
  private final IdentityHashMap<Object, Line> lines = new IdentityHashMap<>();

  /** The same; the first one's turn it is. */
  private final ArrayDeque<Line> turns = new ArrayDeque<>();

  private int count;
  private int bytes;

  /**
   * Appends a frame if there is room for it.
   *
   * @param sender who takes turns with the others
   * @param room bytes that may wait, if that is less than the queue's own bound
   */
  synchronized boolean offer(Frame frame, Object sender, int room) {
    Line line = lines.get(sender);
    if (line == null) {
      line = lines.size() < MANY ? new Line(sender) : turns.getLast();
    }
    int most = Math.min(room, MAXIMUM_BYTES) - frame.length();
    while (count == MAXIMUM_FRAMES || bytes > most) {
      boolean byCount = count == MAXIMUM_FRAMES;
      Line longest = longest(byCount);
      // Who would have as much as anyone has to do without.
      if (longest == null
          || (byCount
              ? longest.frames.size() <= line.frames.size()
              : longest.bytes <= line.bytes + frame.length())) {
        return false;
      }
      dropLast(longest);
    }
    if (line.frames.isEmpty()) {
      lines.put(line.sender, line);
      turns.add(line);
    }
    line.frames.add(frame);
    line.bytes += frame.length();
    bytes += frame.length();
    count++;
    return true;
  }

  /** Of which most waits, besides the frame that is taken next; null if there is none. */
  private @Nullable Line longest(boolean byCount) {
    Line longest = null;
    for (Line line : turns) {
      if ((line.frames.size() > 1 || line != turns.getFirst())
          && (longest == null
              || (byCount
                  ? line.frames.size() > longest.frames.size()
                  : line.bytes > longest.bytes))) {
        longest = line;
      }
    }
    return longest;
  }

  private void dropLast(Line line) {
    forget(line, line.frames.removeLast());
    if (line.frames.isEmpty()) {
      turns.remove(line);
      lines.remove(line.sender);
    }
  }

  private void forget(Line line, Frame frame) {
    line.bytes -= frame.length();
    bytes -= frame.length();
    count--;
  }

  /** Whose turn it is; the same until {@link #remove}. */
  synchronized @Nullable Frame peek() {
    Line line = turns.peek();
    return line == null ? null : line.frames.getFirst();
  }

  /** Takes what {@link #peek} has shown. */
  synchronized void remove() {
    Line line = turns.getFirst();
    Frame frame = line.frames.removeFirst();
    forget(line, frame);
    line.credit -= frame.length();
    if (line.frames.isEmpty()) {
      turns.removeFirst();
      lines.remove(line.sender);
    } else if (line.frames.getFirst().length() > line.credit) {
      line.credit += TURN;
      turns.removeFirst();
      turns.addLast(line);
    }
  }

  synchronized void clear() {
    lines.clear();
    turns.clear();
    bytes = 0;
    count = 0;
  }
}
