package org.javisor.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

public class StateCodecTest {
  public enum Mode {
    ON,
    OFF
  }

  @StateVersion(3)
  public record Queue(int index, boolean ready) implements SavedState {}

  @StateVersion(1)
  public record Everything(
      byte b,
      short s,
      char c,
      int i,
      long j,
      float f,
      double d,
      boolean z,
      String text,
      Mode mode,
      Queue queue,
      List<Queue> queues,
      byte[] bytes,
      short[] shorts,
      int[] ints,
      long[] longs,
      boolean[] flags)
      implements SavedState {}

  @StateVersion(2)
  public record Other(int index, boolean ready) implements SavedState {}

  private static final Everything SAMPLE =
      new Everything(
          (byte) -1,
          (short) -2,
          'x',
          -3,
          Long.MIN_VALUE,
          1.5f,
          -0.0,
          true,
          "text \u00e9",
          Mode.OFF,
          new Queue(7, true),
          List.of(new Queue(1, false), new Queue(2, true)),
          new byte[100_000],
          new short[] {1, -1},
          new int[] {Integer.MIN_VALUE},
          new long[] {1, 2, 3},
          new boolean[] {true, false});

  private static byte[] encode(SavedState state) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StateCodec.write(out, state);
    return out.toByteArray();
  }

  @Test
  void readsBackWhatItWrote() throws IOException {
    Everything copy = StateCodec.read(new ByteArrayInputStream(encode(SAMPLE)), Everything.class);
    assertThat(copy).usingRecursiveComparison().isEqualTo(SAMPLE);
  }

  @Test
  void describesItselfWithoutTheClass() throws IOException {
    SavedRecord saved = StateCodec.readRecord(new ByteArrayInputStream(encode(new Queue(9, true))));
    assertThat(saved.name()).isEqualTo("Queue");
    assertThat(saved.version()).isEqualTo(3);
    assertThat(saved.values()).containsEntry("index", 9).containsEntry("ready", true);
  }

  @Test
  void refusesAnotherRecord() throws IOException {
    byte[] bytes = encode(new Queue(1, true));
    assertThatThrownBy(() -> StateCodec.read(new ByteArrayInputStream(bytes), Other.class))
        .isInstanceOf(SavedStateException.class)
        .hasMessageContaining("Queue, not Other");
  }

  @Test
  void noDamageGoesUnnoticed() throws IOException {
    byte[] good = encode(new Queue(1, true));
    long seed = 20261122;
    Random random = new Random(seed);
    for (int round = 0; round < 2000; round++) {
      byte[] bad = good.clone();
      bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      assertThatThrownBy(() -> StateCodec.read(new ByteArrayInputStream(bad), Queue.class))
          .as("seed %d round %d", seed, round)
          .isInstanceOfAny(SavedStateException.class, IOException.class);
      int length = random.nextInt(good.length);
      assertThatThrownBy(
              () -> StateCodec.read(new ByteArrayInputStream(good, 0, length), Queue.class))
          .as("cut to %d", length)
          .isInstanceOfAny(SavedStateException.class, IOException.class);
    }
  }
}
