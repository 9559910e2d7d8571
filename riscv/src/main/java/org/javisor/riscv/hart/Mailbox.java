package org.javisor.riscv.hart;

import java.util.ArrayList;
import java.util.List;

/**
 * What other harts ask of a hart's translation and decode caches: its thread does it at the next
 * block boundary and acknowledges by number.
 *
 * <p>A hart that is parked or not running counts as having acknowledged, because it empties its
 * mailbox before it executes again. The box is bounded; when it is full, what is in it becomes one
 * request to forget everything.
 */
final class Mailbox {
  /** Something another hart asks for. */
  sealed interface Request {}

  /** A remote {@code sfence.vma}; asid -1 for all address spaces. */
  record TranslationFence(long start, long size, int asid) implements Request {}

  /** A remote {@code fence.i}. */
  record InstructionFence() implements Request {}

  /** A page is about to be decoded: no store may go past its watch. */
  record CodeAppeared(CodePage page) implements Request {}

  /** There was no room for all that was asked. */
  record Everything() implements Request {}

  private static final int CAPACITY = 256;

  private List<Request> requests = new ArrayList<>();
  private volatile long posted;
  private volatile long acknowledged;
  private volatile boolean quiescent = true;

  /** Number of requests taken out and not yet acknowledged; the hart's thread only. */
  private long taken;

  synchronized void post(Request request) {
    if (requests.size() >= CAPACITY) {
      requests.clear();
      requests.add(new Everything());
    } else {
      requests.add(request);
    }
    posted++;
  }

  /** Whether nothing has been posted since the last {@link #take}; the hart's thread only. */
  boolean isEmpty() {
    return posted == taken;
  }

  /** The number that {@link #reached} must be asked for to wait for all that was posted so far. */
  long posted() {
    return posted;
  }

  /** Whether everything up to a number has been done, or will be before the hart executes. */
  boolean reached(long number) {
    return acknowledged >= number || quiescent;
  }

  /** Takes all requests; the hart's thread does them and then calls {@link #acknowledge}. */
  synchronized List<Request> take() {
    taken = posted;
    if (requests.isEmpty()) {
      return List.of();
    }
    List<Request> all = requests;
    requests = new ArrayList<>();
    return all;
  }

  void acknowledge() {
    acknowledged = taken;
  }

  /** Says whether the hart executes; after saying that it does, its thread takes all requests. */
  void setQuiescent(boolean value) {
    quiescent = value;
  }
}
