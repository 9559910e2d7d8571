package org.javisor.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Many senders, one guest. */
class FrameQueueTest {
  private final FrameQueue queue = new FrameQueue();
  private final List<Object> ports = Stream.generate(Object::new).limit(128).toList();

  /** A frame of a sender, with its number in it. */
  private static Frame frame(int sender, int number, int length) {
    byte[] bytes = new byte[length];
    bytes[6] = 2;
    bytes[11] = (byte) sender;
    bytes[12] = (byte) (number >>> 8);
    bytes[13] = (byte) number;
    return Frame.of(bytes);
  }

  /** From the port that has the sender's number. */
  private boolean offer(Frame frame) {
    return queue.offer(frame, ports.get(sender(frame)), Integer.MAX_VALUE);
  }

  private static int sender(Frame frame) {
    return frame.bytes()[11];
  }

  private static int number(Frame frame) {
    return ((frame.bytes()[12] & 0xff) << 8) | (frame.bytes()[13] & 0xff);
  }

  private List<Frame> takeAll() {
    List<Frame> taken = new ArrayList<>();
    for (Frame next = queue.peek(); next != null; next = queue.peek()) {
      assertThat(queue.peek()).isSameAs(next);
      queue.remove();
      taken.add(next);
    }
    return taken;
  }

  @Test
  void oneSendersFramesStayInTheirOrder() {
    for (int i = 0; i < 1024; i++) {
      assertThat(offer(frame(1, i, 60))).isTrue();
    }
    assertThat(offer(frame(1, 1024, 60))).isFalse();
    assertThat(takeAll()).extracting(FrameQueueTest::number).isSorted().hasSize(1024);
  }

  @Test
  void whoFloodsCostsTheOthersNoFrame() {
    Random random = new Random(5);
    Map<Integer, Integer> taken = new HashMap<>();
    int quiet = 0;
    for (int i = 0; i < 20_000; i++) {
      for (int flood = 0; flood < 20; flood++) {
        offer(frame(1, i, 60 + random.nextInt(1400)));
      }
      if (i % 3 == 0) {
        assertThat(offer(frame(2, quiet++, 98))).isTrue();
      }
      Frame next = queue.peek();
      assertThat(next).isNotNull();
      queue.remove();
      taken.merge(sender(next), 1, Integer::sum);
    }
    for (Frame rest : takeAll()) {
      taken.merge(sender(rest), 1, Integer::sum);
    }
    assertThat(taken.get(2)).isEqualTo(quiet);
  }

  @Test
  void aFrameWaitsForOneTurnOfTheOthersOnly() {
    for (int i = 0; i < 40; i++) {
      offer(frame(1, i, 60_000));
    }
    offer(frame(2, 0, 98));
    List<Frame> taken = takeAll();
    assertThat(taken.subList(0, 3)).extracting(FrameQueueTest::sender).contains(2);
    assertThat(taken).hasSize(41);
  }

  @Test
  void sendersGetTheSameBytesWhateverTheLengthOfTheirFrames() {
    Map<Integer, Integer> bytes = new HashMap<>();
    for (int i = 0; i < 100_000; i++) {
      offer(frame(1, i, 1500));
      offer(frame(2, i, 300));
      offer(frame(2, i, 300));
      Frame next = queue.peek();
      assertThat(next).isNotNull();
      queue.remove();
      bytes.merge(sender(next), next.length(), Integer::sum);
    }
    assertThat((double) bytes.get(1) / bytes.get(2)).isBetween(0.95, 1.06);
  }

  @Test
  void itIsBoundedInBytesToo() {
    int accepted = 0;
    for (int i = 0; i < 200; i++) {
      accepted += offer(frame(i % 5, i, 65_000)) ? 1 : 0;
    }
    assertThat(accepted).isBetween(60, 200);
    assertThat(takeAll().stream().mapToInt(Frame::length).sum()).isLessThanOrEqualTo(4 << 20);
    offer(frame(1, 1, 60));
    queue.clear();
    assertThat(queue.peek()).isNull();
  }

  @Test
  void manyAddressesAreNotManyTurns() {
    Object liar = new Object();
    Object honest = new Object();
    int number = 0;
    Map<Object, Integer> taken = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      for (int flood = 0; flood < 5; flood++) {
        queue.offer(frame(number++ % 100, number, 1000), liar, Integer.MAX_VALUE);
      }
      queue.offer(frame(101, i, 1000), honest, Integer.MAX_VALUE);
      Frame next = queue.peek();
      assertThat(next).isNotNull();
      queue.remove();
      taken.merge(sender(next) == 101 ? honest : liar, 1, Integer::sum);
    }
    assertThat((double) taken.get(honest) / taken.get(liar)).isBetween(0.95, 1.05);
  }

  @Test
  void aSmallFrameFindsRoomAmongManySendersOfOneLargeFrameEach() {
    int large = 0;
    while (large < 100 && offer(frame(large, 0, 60_000))) {
      large++;
    }
    assertThat(large).as("all room").isBetween(60, 75);
    Frame first = queue.peek();
    for (int i = 0; i < 2_000; i += 100) {
      assertThat(offer(frame(101 + i / 100, 0, 5_000))).isTrue();
    }
    assertThat(queue.peek()).as("what is taken next stays").isSameAs(first);
    List<Frame> taken = takeAll();
    assertThat(taken).filteredOn(frame -> sender(frame) > 100).hasSize(20);
    assertThat(taken).filteredOn(frame -> sender(frame) < 100).hasSizeGreaterThan(large - 5);
    assertThat(offer(frame(1, 0, 60))).isTrue();
    assertThat(takeAll()).hasSize(1);
  }

  @Test
  void lessWaitsWhereLessIsWanted() {
    Object flood = new Object();
    Object other = new Object();
    for (int i = 0; i < 1_000; i++) {
      assertThat(queue.offer(frame(1, i, 1_000), flood, 20_000)).isEqualTo(i < 20);
    }
    assertThat(queue.offer(frame(2, 0, 1_000), other, 20_000)).isTrue();
    assertThat(takeAll()).hasSize(20).extracting(FrameQueueTest::sender).contains(2);
  }
}
