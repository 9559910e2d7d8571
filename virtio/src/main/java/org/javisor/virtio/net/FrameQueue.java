package org.javisor.virtio.net;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Frames that wait for the guest, bounded in number and in bytes. Senders take turns, told apart by
 * their Ethernet addresses, each for the same number of bytes (deficit round robin: Shreedhar and
 * Varghese, 1995); where there is no room, who has most loses his last frame. So a sender that
 * floods the guest delays the others by one turn, and costs them no frame. More than {@value #MANY}
 * senders at once share turns; a switch sees to it that nobody sends from many addresses. Safe from
 * any thread, but one only takes.
 */
final class FrameQueue {
  private static final int MAXIMUM_FRAMES = 1024;
  private static final int MAXIMUM_BYTES = 4 << 20;
  private static final int MANY = 128;

  /** Bytes of a turn: the longest frame fits into one. */
  private static final int TURN = Frame.MAXIMUM_BYTES;

  private static final int SOURCE = 6;
  private static final int ADDRESS_BYTES = 6;

  /** What waits of one sender. */
  private static final class Line {
    private final long sender;
    private final ArrayDeque<Frame> frames = new ArrayDeque<>();
    private int bytes;

    /** Bytes that are left of its turn. */
    private int credit = TURN;

    Line(long sender) {
      this.sender = sender;
    }
  }

  /** Those of whom something waits, by their address. */
  private final Map<Long, Line> lines = new HashMap<>();

  /** The same; the first one's turn it is. */
  private final ArrayDeque<Line> turns = new ArrayDeque<>();

  private int count;
  private int bytes;

  /** Appends a frame if there is room for it. */
  synchronized boolean offer(Frame frame) {
    long sender = sender(frame.bytes());
    Line line = lines.get(sender);
    if (line == null) {
      line = lines.size() < MANY ? new Line(sender) : turns.getLast();
    }
    while (count == MAXIMUM_FRAMES || bytes > MAXIMUM_BYTES - frame.length()) {
      Line longest = longest();
      if (longest == line || longest.frames.size() == 1) {
        return false;
      }
      forget(longest, longest.frames.removeLast());
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

  private static long sender(byte[] frame) {
    long address = 0;
    for (int i = SOURCE; i < SOURCE + ADDRESS_BYTES; i++) {
      address = (address << Byte.SIZE) | (frame[i] & 0xff);
    }
    return address;
  }

  private Line longest() {
    Line longest = turns.getFirst();
    boolean byCount = count == MAXIMUM_FRAMES;
    for (Line line : turns) {
      if (byCount ? line.frames.size() > longest.frames.size() : line.bytes > longest.bytes) {
        longest = line;
      }
    }
    return longest;
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
