package org.javisor.network.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.javisor.network.packet.TcpSegment.ACK;
import static org.javisor.network.packet.TcpSegment.FIN;
import static org.javisor.network.packet.TcpSegment.PSH;
import static org.javisor.network.packet.TcpSegment.RST;
import static org.javisor.network.packet.TcpSegment.SYN;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.javisor.network.packet.TcpSegment;
import org.junit.jupiter.api.Test;

/** A client that is only numbers, beginning at 1000; the server begins at 5000. */
class TcpConnectionTest {
  private static final int CLIENT = 1000;
  private static final int SERVER = 5000;
  private static final int SEGMENT = 1460;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** Keeps what comes. */
  private static final class Sink implements Session {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int room = 4000;
    private boolean ended;
    private boolean busy;

    @Override
    public int room() {
      return room;
    }

    @Override
    public void received(byte[] more) {
      assertThat(more.length).isBetween(1, room);
      room -= more.length;
      bytes.writeBytes(more);
    }

    @Override
    public void sent() {}

    @Override
    public void ended() {
      assertThat(ended).isFalse();
      ended = true;
    }

    @Override
    public boolean busy() {
      return busy;
    }
  }

  private final Sink sink = new Sink();
  private long now = 100 * SECOND;
  private TcpConnection connection =
      new TcpConnection(segment(0, 0, SYN, SEGMENT, ""), SEGMENT, SERVER, sink, now);

  /** Offsets are from the initial numbers. */
  private static TcpSegment segment(int sequence, int acknowledged, int flags, int window) {
    return segment(sequence, acknowledged, flags, window, 0, new byte[0]);
  }

  private static TcpSegment segment(
      int sequence, int acknowledged, int flags, int maximum, String text) {
    return segment(sequence, acknowledged, flags, 65_535, maximum, text.getBytes());
  }

  private static TcpSegment segment(
      int sequence, int acknowledged, int flags, int window, int maximum, byte[] payload) {
    return new TcpSegment(
        4000, 53, CLIENT + sequence, SERVER + acknowledged, flags, window, maximum, payload);
  }

  private List<TcpSegment> get(TcpSegment... segments) {
    List<TcpSegment> out = new ArrayList<>();
    for (TcpSegment each : segments) {
      connection.receive(each, now, out);
    }
    return out;
  }

  private List<TcpSegment> write(int bytes) {
    List<TcpSegment> out = new ArrayList<>();
    connection.write(new byte[bytes], now);
    connection.output(now, out);
    return out;
  }

  private List<TcpSegment> close() {
    List<TcpSegment> out = new ArrayList<>();
    connection.close();
    connection.output(now, out);
    return out;
  }

  private List<TcpSegment> after(double seconds) {
    List<TcpSegment> out = new ArrayList<>();
    long end = now + (long) (seconds * SECOND);
    while (now < end) {
      now = Math.min(end, now + SECOND / 10);
      connection.tick(now, out);
    }
    return out;
  }

  private void open() {
    List<TcpSegment> out = new ArrayList<>();
    connection.begin(out);
    assertThat(out).hasSize(1);
    assertThat(get(segment(1, 1, ACK, 65_535))).isEmpty();
  }

  private static void assertOne(List<TcpSegment> out, int sequence, int acknowledged, int flags) {
    assertThat(out).hasSize(1);
    assertThat(out.getFirst().sequence() - SERVER).isEqualTo(sequence);
    assertThat(out.getFirst().acknowledgment() - CLIENT).isEqualTo(acknowledged);
    assertThat(out.getFirst().flags()).isEqualTo(flags);
  }

  @Test
  void aConnectionBeginsCarriesBytesBothWaysAndEnds() {
    List<TcpSegment> out = new ArrayList<>();
    connection.begin(out);
    assertOne(out, 0, 1, SYN | ACK);
    assertThat(out.getFirst().maximumSize()).isEqualTo(SEGMENT);
    assertThat(out.getFirst().window()).isEqualTo(4000);
    assertThat(get(segment(1, 1, ACK, 65_535))).isEmpty();
    assertOne(get(segment(1, 1, ACK, 0, "hello")), 1, 6, ACK);
    assertThat(sink.bytes).hasToString("hello");
    assertOne(write(100), 1, 6, ACK | PSH);
    assertThat(get(segment(6, 101, ACK, 65_535))).isEmpty();
    assertThat(connection.unsent()).isZero();
    assertOne(get(segment(6, 101, ACK | FIN, 65_535)), 101, 7, ACK);
    assertThat(sink.ended).isTrue();
    assertOne(write(10), 101, 7, ACK | PSH);
    assertOne(close(), 111, 7, FIN | ACK);
    assertThat(connection.closed()).isFalse();
    get(segment(7, 112, ACK, 65_535));
    assertThat(connection.closed()).isTrue();
  }

  @Test
  void whatIsLostIsSentAgainMoreAndMoreRarelyAndGivenUp() {
    open();
    write(100);
    assertThat(after(0.9)).isEmpty();
    assertOne(after(0.1), 1, 1, ACK | PSH);
    assertThat(after(1.9)).isEmpty();
    assertOne(after(0.1), 1, 1, ACK | PSH);
    List<TcpSegment> last = after(60);
    assertThat(last).hasSizeBetween(2, 5);
    assertThat(last.getLast().flags()).isEqualTo(RST | ACK);
    assertThat(connection.closed()).isTrue();
  }

  @Test
  void theHandshakeIsRepeatedAndForgotten() {
    connection.begin(new ArrayList<>());
    assertOne(get(segment(0, 0, SYN, SEGMENT, "")), 0, 1, SYN | ACK);
    assertOne(after(1), 0, 1, SYN | ACK);
    assertThat(after(60)).hasSizeBetween(1, 4).allMatch(sent -> sent.has(SYN));
    assertThat(connection.closed()).isTrue();
  }

  @Test
  void aLongAnswerGoesOutAsTheClientTakesIt() {
    open();
    List<TcpSegment> out = write(60_000);
    assertThat(out).as("ten segments at first (RFC 6928)").hasSize(10);
    int taken = 0;
    ByteArrayOutputStream got = new ByteArrayOutputStream();
    int rounds = 0;
    while (!out.isEmpty()) {
      assertThat(out).allMatch(sent -> sent.payload().length <= SEGMENT);
      for (TcpSegment each : out) {
        assertThat(each.sequence()).isEqualTo(SERVER + 1 + taken);
        taken += each.payload().length;
        got.writeBytes(each.payload());
      }
      // Never more than a small window lets through.
      out = get(segment(1, 1 + taken, ACK, 5000));
      assertThat(out.stream().mapToInt(each -> each.payload().length).sum())
          .isLessThanOrEqualTo(5000);
      rounds++;
    }
    assertThat(got.size()).isEqualTo(60_000);
    assertThat(rounds).isGreaterThan(10);
  }

  @Test
  void aHoleIsFilledWithoutWaiting() {
    open();
    List<TcpSegment> sent = write(5 * SEGMENT);
    assertThat(sent).hasSize(5);
    TcpSegment duplicate = segment(1, 1 + SEGMENT, ACK, 65_535);
    assertThat(get(duplicate, duplicate, duplicate)).isEmpty();
    List<TcpSegment> again = get(duplicate);
    assertOne(again, 1 + SEGMENT, 1, ACK);
    assertThat(get(segment(1, 1 + 5 * SEGMENT, ACK, 65_535))).isEmpty();
    assertThat(connection.unsent()).isZero();
  }

  @Test
  void aClosedWindowIsTriedAByteAtATimeAndGivenUp() {
    open();
    get(segment(1, 1, ACK, 0));
    assertThat(write(100)).isEmpty();
    List<TcpSegment> probe = after(1);
    assertOne(probe, 1, 1, ACK);
    assertThat(probe.getFirst().payload()).hasSize(1);
    List<TcpSegment> whole = get(segment(1, 1, ACK, 1000));
    assertOne(whole, 1, 1, ACK | PSH);
    assertThat(whole.getFirst().payload()).hasSize(100);
    get(segment(1, 101, ACK, 0));
    write(100);
    for (int i = 0; i < 40; i++) {
      after(1);
      get(segment(1, 101, ACK, 0));
    }
    assertThat(connection.closed()).as("a client that never takes it").isTrue();
  }

  @Test
  void onlyWhatWasPromisedIsTakenAndTheWindowOpensAgain() {
    open();
    byte[] much = new byte[3000];
    get(segment(1, 1, ACK, 65_535, 0, much));
    List<TcpSegment> full = get(segment(3001, 1, ACK, 65_535, 0, much));
    assertThat(sink.bytes.size()).isEqualTo(4000);
    assertOne(full, 1, 4001, ACK);
    assertThat(full.getFirst().window()).isZero();
    assertOne(get(segment(4001, 1, ACK, 65_535, 0, new byte[1])), 1, 4001, ACK);
    sink.room = 1000;
    List<TcpSegment> out = new ArrayList<>();
    connection.output(now, out);
    assertThat(out).as("too little to say").isEmpty();
    sink.room = 4000;
    connection.output(now, out);
    assertOne(out, 1, 4001, ACK);
    assertThat(out.getFirst().window()).isEqualTo(4000);
  }

  @Test
  void outOfOrderAndRepeatedBytesAreTakenOnce() {
    open();
    assertOne(get(segment(4, 1, ACK, 0, "def")), 1, 1, ACK);
    assertOne(get(segment(1, 1, ACK, 0, "abc")), 1, 4, ACK);
    assertOne(get(segment(2, 1, ACK, 0, "bcde")), 1, 6, ACK);
    assertOne(get(segment(1, 1, ACK, 0, "abc")), 1, 6, ACK);
    assertOne(get(segment(6, 1, ACK | FIN, 0, "f")), 1, 8, ACK);
    assertThat(sink.bytes).hasToString("abcdef");
    assertThat(sink.ended).isTrue();
  }

  @Test
  void guessedResetsAndBeginningsDoNoHarm() {
    open();
    assertOne(get(segment(2, 1, RST, 0)), 1, 1, ACK);
    assertOne(get(segment(1, 1, SYN, 0)), 1, 1, ACK);
    assertThat(get(segment(100_000, 1, RST, 0))).isEmpty();
    assertOne(get(segment(1, 100_000, ACK, 0, "x")), 1, 1, ACK);
    assertThat(sink.bytes.size()).isZero();
    assertThat(connection.closed()).isFalse();
    assertThat(get(segment(1, 1, RST, 0))).isEmpty();
    assertThat(connection.closed()).isTrue();
  }

  @Test
  void anIdleConnectionIsEndedByUsAndABusyOneIsNot() {
    open();
    sink.busy = true;
    assertThat(after(20)).isEmpty();
    sink.busy = false;
    assertOne(after(0.1), 1, 1, FIN | ACK);
    assertOne(get(segment(1, 2, ACK | FIN, 65_535)), 2, 2, ACK);
    assertThat(connection.givesWayTo(segment(500, 0, SYN, 0))).isTrue();
    assertThat(connection.givesWayTo(segment(-5, 0, SYN, 0))).isFalse();
    after(1);
    assertThat(connection.closed()).isTrue();
  }

  @Test
  void whoSendsToAnEndedOneIsTold() {
    open();
    close();
    assertThat(get(segment(1, 2, ACK, 65_535))).isEmpty();
    List<TcpSegment> out = get(segment(1, 2, ACK, 0, "late"));
    assertThat(out.getLast().flags()).isEqualTo(RST | ACK);
    assertThat(connection.closed()).isTrue();
  }

  @Test
  void aClientThatNeverEndsIsForgotten() {
    open();
    assertOne(close(), 1, 1, FIN | ACK);
    get(segment(1, 2, ACK, 65_535));
    after(11);
    assertThat(connection.closed()).isTrue();
  }

  @Test
  void smallSegmentsCostNoMoreThanTheyShould() {
    connection = new TcpConnection(segment(0, 0, SYN, 1, ""), SEGMENT, SERVER, sink, now);
    open();
    assertThat(write(600).getFirst().payload()).hasSize(88);
  }

  @Test
  void noSegmentThrowsOrMakesUsSendWithoutEnd() {
    long seed = 9293;
    Random random = new Random(seed);
    for (int round = 0; round < 2000; round++) {
      sink.room = 4000;
      sink.ended = false;
      connection = new TcpConnection(segment(0, 0, SYN, 100, ""), SEGMENT, SERVER, sink, now);
      connection.begin(new ArrayList<>());
      for (int i = 0; i < 60; i++) {
        int[] offsets = {0, 1, 2, 50, 4000, -1, 70_000, random.nextInt()};
        TcpSegment any =
            segment(
                offsets[random.nextInt(offsets.length)],
                offsets[random.nextInt(offsets.length)],
                random.nextInt(3) == 0 ? random.nextInt(256) : ACK,
                offsets[random.nextInt(offsets.length)] & 0xffff,
                0,
                new byte[random.nextInt(4) * 700]);
        List<TcpSegment> out = new ArrayList<>();
        connection.receive(any, now, out);
        switch (random.nextInt(20)) {
          case 0 -> connection.write(new byte[random.nextInt(5000)], now);
          case 1 -> connection.close();
          case 2, 3, 4 -> now += random.nextLong(3 * SECOND);
          case 5 -> sink.room = 4000;
          default -> {
            // The next segment comes at once.
          }
        }
        connection.tick(now, out);
        assertThat(out.size()).as("seed %d", seed).isLessThan(700);
        assertThat(connection.unsent()).isGreaterThanOrEqualTo(0);
        for (TcpSegment each : out) {
          assertThat(each.payload().length).isLessThanOrEqualTo(100);
        }
      }
      now += 100 * SECOND;
      for (int i = 0; i < 30; i++) {
        now += 10 * SECOND;
        connection.tick(now, new ArrayList<>());
      }
      assertThat(connection.closed()).as("seed %d", seed).isTrue();
    }
  }
}
