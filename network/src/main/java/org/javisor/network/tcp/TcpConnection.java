package org.javisor.network.tcp;

import static org.javisor.network.packet.TcpSegment.ACK;
import static org.javisor.network.packet.TcpSegment.FIN;
import static org.javisor.network.packet.TcpSegment.PSH;
import static org.javisor.network.packet.TcpSegment.RST;
import static org.javisor.network.packet.TcpSegment.SYN;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.javisor.network.packet.TcpSegment;

/**
 * The server's side of one connection: what is to be sent for what comes, for what is written, and
 * for the time that passes. It knows neither frames nor clocks nor threads; one at a time may use
 * it. Segments that come out of order are dropped and asked for again, which RFC 9293 (section
 * 3.10.7.4) allows; resets and SYNs that somebody has guessed do no harm (RFC 5961).
 */
final class TcpConnection {
  /** After so long without work, the connection is closed (RFC 7766, section 6.2.3, for one). */
  static final long IDLE = TimeUnit.SECONDS.toNanos(10);

  /** After so long without a sign that what was sent has come, it is given up. */
  static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);

  /** After so long without an answer to the handshake, or to our end, it is forgotten. */
  static final long HANDSHAKE = TimeUnit.SECONDS.toNanos(10);

  /** Twice the life of a segment: in a switch without queues of its own, that is short. */
  static final long TIME_WAIT = TimeUnit.SECONDS.toNanos(1);

  /** What a client takes that does not say (RFC 9293, section 3.7.1). */
  private static final int DEFAULT_SEGMENT = 536;

  /** As Linux has it: who takes less makes us send more headers than bytes. */
  private static final int SMALLEST_SEGMENT = 88;

  private static final int LARGEST_WINDOW = 65_535;

  private enum State {
    SYN_RECEIVED,
    ESTABLISHED,
    CLOSE_WAIT,
    LAST_ACK,
    FIN_WAIT_1,
    FIN_WAIT_2,
    CLOSING,
    TIME_WAIT,
    CLOSED
  }

  private final int ourPort;
  private final int clientPort;
  private final int ourSegment;
  private final int segment;
  private final Session session;

  /** A window that opens by less is not worth saying (section 3.8.6.2.2). */
  private final int step;

  private final SendBuffer buffer = new SendBuffer();
  private final RetransmissionTimer timer = new RetransmissionTimer();
  private final CongestionWindow congestion;
  private State state = State.SYN_RECEIVED;

  /** SND.UNA, SND.NXT, and the highest SND.NXT there was before something was sent again. */
  private int unacknowledged;

  private int next;
  private int highest;

  /** SND.WND, and the segment it is from: SND.WL1, SND.WL2. */
  private int window;

  private int windowSequence;
  private int windowAcknowledgment;

  /** RCV.NXT, and where the window ends that the client was told. */
  private int expected;

  private int promised;
  private boolean owesAcknowledgment;
  private boolean closing;
  private boolean aborting;

  private boolean timing;
  private int timedSequence;
  private long timedSince;
  private boolean waiting;
  private long expires;
  private long progress;
  private long worked;

  /**
   * A connection that a SYN asks for; {@link #begin} answers it.
   *
   * @param ourSegment largest payload that fits our link, in bytes
   * @param initial our initial sequence number, which nobody can guess
   */
  TcpConnection(TcpSegment syn, int ourSegment, int initial, Session session, long now) {
    ourPort = syn.destinationPort();
    clientPort = syn.sourcePort();
    this.ourSegment = ourSegment;
    int wanted = syn.maximumSize() == 0 ? DEFAULT_SEGMENT : syn.maximumSize();
    segment = Math.min(ourSegment, Math.max(SMALLEST_SEGMENT, wanted));
    step = Math.min(ourSegment, LARGEST_WINDOW / 2);
    congestion = new CongestionWindow(segment);
    this.session = session;
    unacknowledged = initial;
    next = initial + 1;
    highest = next;
    expected = syn.sequence() + 1;
    promised = expected;
    window = syn.window();
    windowSequence = syn.sequence();
    windowAcknowledgment = initial;
    progress = now;
    worked = now;
    startTimer(now);
  }

  /** Says that we take the connection. */
  void begin(List<TcpSegment> out) {
    out.add(make(unacknowledged, SYN | ACK, ourSegment, new byte[0]));
  }

  boolean closed() {
    return state == State.CLOSED;
  }

  /** Whether a SYN from the same port may begin another connection (RFC 9293, section 3.6.1). */
  boolean givesWayTo(TcpSegment syn) {
    return state == State.TIME_WAIT && syn.sequence() - expected > 0;
  }

  /** A segment of this connection. */
  void receive(TcpSegment got, long now, List<TcpSegment> out) {
    if (state == State.CLOSED) {
      return;
    }
    if (!inWindow(got)) {
      if (state == State.SYN_RECEIVED && got.asksToConnect() && got.sequence() == expected - 1) {
        begin(out);
      } else if (!got.has(RST)) {
        acknowledge(out);
      }
    } else if (got.has(RST)) {
      if (got.sequence() == expected) {
        state = State.CLOSED;
      } else {
        acknowledge(out);
      }
    } else if (got.has(SYN)) {
      acknowledge(out);
    } else if (got.has(ACK) && acceptAcknowledgment(got, now, out)) {
      acceptPayload(got, now);
      output(now, out);
    }
  }

  /** Whether a part of it is what may come next (RFC 9293, table 6). */
  private boolean inWindow(TcpSegment got) {
    int size = promised - expected;
    int first = got.sequence() - expected;
    int length = got.length();
    if (length == 0) {
      return size == 0 ? first == 0 : first >= 0 && first < size;
    }
    int last = first + length - 1;
    return size > 0 && ((first >= 0 && first < size) || (last >= 0 && last < size));
  }

  /** True if the rest of the segment counts. */
  private boolean acceptAcknowledgment(TcpSegment got, long now, List<TcpSegment> out) {
    int count = got.acknowledgment() - unacknowledged;
    int sent = highest - unacknowledged;
    if (state == State.SYN_RECEIVED) {
      if (count != 1) {
        out.add(got.reset());
        return false;
      }
      state = State.ESTABLISHED;
    } else if (count > sent || count < -LARGEST_WINDOW) {
      acknowledge(out);
      return false;
    }
    if (count > 0) {
      acknowledged(got.acknowledgment(), count, now);
    }
    boolean later =
        got.sequence() - windowSequence > 0
            || (got.sequence() == windowSequence
                && got.acknowledgment() - windowAcknowledgment >= 0);
    boolean duplicate =
        count == 0 && sent > 0 && got.length() == 0 && got.window() == window && window > 0;
    if (count >= 0 && later) {
      if (window == 0 && got.window() > 0) {
        // What was sent to see whether it opens was not taken.
        next = unacknowledged;
      }
      window = got.window();
      windowSequence = got.sequence();
      windowAcknowledgment = got.acknowledgment();
    }
    if (duplicate && congestion.duplicate(sent) && buffer.length() > 0) {
      timing = false;
      out.add(data(unacknowledged, Math.min(segment, buffer.length())));
    }
    return state != State.CLOSED;
  }

  private void acknowledged(int upTo, int count, long now) {
    // What is acknowledged beyond the bytes is SYN, or FIN.
    int bytes = Math.min(count, buffer.length());
    buffer.drop(bytes);
    unacknowledged = upTo;
    if (next - upTo < 0) {
      next = upTo;
    }
    if (timing && upTo - timedSequence >= 0) {
      timing = false;
      timer.measured(now - timedSince);
    }
    if (bytes > 0) {
      congestion.acknowledged(bytes);
      session.sent();
    }
    progress = now;
    waiting = false;
    if (count > bytes) {
      switch (state) {
        case FIN_WAIT_1 -> enter(State.FIN_WAIT_2, now, HANDSHAKE);
        case CLOSING -> enter(State.TIME_WAIT, now, TIME_WAIT);
        case LAST_ACK -> state = State.CLOSED;
        default -> {
          // It was SYN.
        }
      }
    }
  }

  /** Whether our FIN was sent, and not acknowledged. */
  private boolean ending() {
    return state == State.FIN_WAIT_1 || state == State.CLOSING || state == State.LAST_ACK;
  }

  /** Goes to a state that ends after some time by itself. */
  private void enter(State waitingState, long now, long time) {
    state = waitingState;
    waiting = true;
    expires = now + time;
  }

  private void acceptPayload(TcpSegment got, long now) {
    int length = got.payload().length;
    if (length == 0 && !got.has(FIN)) {
      return;
    }
    int known = expected - got.sequence();
    owesAcknowledgment = true;
    if (known < 0 || known > length) {
      return;
    }
    int count = Math.min(length - known, promised - expected);
    if (count > 0 && !takesBytes()) {
      return;
    }
    expected += count;
    if (count > 0) {
      session.received(Arrays.copyOfRange(got.payload(), known, known + count));
    }
    if (got.has(FIN) && known + count == length) {
      clientEnds(now);
    }
  }

  /** Whether bytes have a reader: who sends to one that has gone is told (RFC 9293, 3.6.1). */
  private boolean takesBytes() {
    return switch (state) {
      case ESTABLISHED -> true;
      case FIN_WAIT_1, FIN_WAIT_2 -> {
        aborting = true;
        yield false;
      }
      default -> false;
    };
  }

  private void clientEnds(long now) {
    State before = state;
    switch (before) {
      case ESTABLISHED -> state = State.CLOSE_WAIT;
      case FIN_WAIT_1 -> state = State.CLOSING;
      case FIN_WAIT_2 -> enter(State.TIME_WAIT, now, TIME_WAIT);
      default -> {
        // It has said so before.
        return;
      }
    }
    expected++;
    promised = Math.max(promised - expected, 0) + expected;
    if (before == State.ESTABLISHED) {
      session.ended();
    }
  }

  /** Bytes for the client; {@link #output} sends them. */
  void write(byte[] bytes, long now) {
    if (!closing && (state == State.ESTABLISHED || state == State.CLOSE_WAIT)) {
      if (buffer.length() == 0) {
        progress = now;
      }
      buffer.append(bytes);
      worked = now;
    }
  }

  /** Bytes that the client does not have yet. */
  int unsent() {
    return buffer.length();
  }

  /** Ends the connection when the client has everything; {@link #output} says so. */
  void close() {
    closing = true;
  }

  /** Ends the connection at once; {@link #output} says so. */
  void abort() {
    aborting = true;
  }

  /** Sends what may be sent now. */
  void output(long now, List<TcpSegment> out) {
    if (state == State.CLOSED) {
      return;
    }
    if (aborting) {
      out.add(make(next, RST | ACK, 0, new byte[0]));
      state = State.CLOSED;
      return;
    }
    if (state == State.SYN_RECEIVED) {
      return;
    }
    boolean sent = false;
    int count = sendable();
    while (count > 0) {
      sendData(count, now, out);
      sent = true;
      count = sendable();
    }
    if (closing && next - unacknowledged == buffer.length() && end()) {
      out.add(make(next, FIN | ACK, 0, new byte[0]));
      next++;
      highest = next - highest > 0 ? next : highest;
      sent = true;
    }
    boolean opened = promised - expected < step && edge() - promised >= step;
    if (!sent && (owesAcknowledgment || (opened && state == State.ESTABLISHED))) {
      acknowledge(out);
    }
    boolean owed = next != unacknowledged || buffer.length() > 0;
    if (owed && !waiting) {
      startTimer(now);
    }
  }

  /** Bytes to send now: whole segments, the last ones there are, or half of a small window. */
  private int sendable() {
    int inFlight = next - unacknowledged;
    int left = buffer.length() - inFlight;
    int allowed = Math.min(window, congestion.bytes()) - inFlight;
    int count = Math.min(Math.min(left, segment), allowed);
    boolean worthIt = count == segment || count == left || (inFlight == 0 && window < 2 * segment);
    return worthIt ? count : 0;
  }

  private void sendData(int count, long now, List<TcpSegment> out) {
    out.add(data(next, count));
    next += count;
    if (next - highest > 0) {
      highest = next;
      if (!timing) {
        timing = true;
        timedSequence = next;
        timedSince = now;
      }
    }
  }

  private TcpSegment data(int sequence, int count) {
    int offset = sequence - unacknowledged;
    int push = offset + count == buffer.length() ? PSH : 0;
    return make(sequence, ACK | push, 0, buffer.copy(offset, count));
  }

  /** Whether our FIN is to be sent, the first time or again. */
  private boolean end() {
    switch (state) {
      case ESTABLISHED -> state = State.FIN_WAIT_1;
      case CLOSE_WAIT -> state = State.LAST_ACK;
      default -> {
        return ending();
      }
    }
    return true;
  }

  private void startTimer(long now) {
    waiting = true;
    expires = now + timer.timeout();
  }

  /** Time has passed. */
  void tick(long now, List<TcpSegment> out) {
    if (waiting && now - expires >= 0) {
      waiting = false;
      expire(now, out);
    }
    if ((state == State.ESTABLISHED || state == State.CLOSE_WAIT)
        && buffer.length() == 0
        && !session.busy()
        && now - worked >= IDLE) {
      closing = true;
    }
    output(now, out);
  }

  private void expire(long now, List<TcpSegment> out) {
    switch (state) {
      case SYN_RECEIVED -> {
        if (now - progress >= HANDSHAKE) {
          state = State.CLOSED;
        } else {
          timer.expired();
          begin(out);
          startTimer(now);
        }
      }
      case FIN_WAIT_2, TIME_WAIT, CLOSED -> state = State.CLOSED;
      case ESTABLISHED, CLOSE_WAIT, LAST_ACK, FIN_WAIT_1, CLOSING -> {
        if (now - progress >= PATIENCE) {
          aborting = true;
        } else {
          sendAgain(out);
        }
      }
    }
  }

  /** From the first byte on; into a window that is closed, one byte, to hear when it opens. */
  private void sendAgain(List<TcpSegment> out) {
    timing = false;
    timer.expired();
    if (next != unacknowledged) {
      congestion.lost(next - unacknowledged);
    }
    next = unacknowledged;
    if (window == 0 && buffer.length() > 0) {
      out.add(data(next, 1));
      next++;
      highest = next - highest > 0 ? next : highest;
    }
  }

  /** Where the window could end. */
  private int edge() {
    return expected + Math.min(session.room(), LARGEST_WINDOW);
  }

  private void acknowledge(List<TcpSegment> out) {
    out.add(make(next, ACK, 0, new byte[0]));
  }

  private TcpSegment make(int sequence, int flags, int maximumSize, byte[] payload) {
    if (edge() - promised >= step) {
      promised = edge();
    }
    owesAcknowledgment = false;
    return new TcpSegment(
        ourPort, clientPort, sequence, expected, flags, promised - expected, maximumSize, payload);
  }
}
