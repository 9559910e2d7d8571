package org.javisor.riscv.board.plic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.javisor.machine.InterruptLine;
import org.javisor.machine.SavedStateException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlicTest {
  private static final long PRIORITY = 0;
  private static final long PENDING = 0x1000;
  private static final long ENABLE = 0x2000;
  private static final long CONTEXT = 0x20_0000;
  private static final PlicConfiguration SHAPE = new PlicConfiguration(66, 2);

  private final boolean[] harts = new boolean[2];
  private final List<InterruptLine> lines =
      List.of(level -> harts[0] = level, level -> harts[1] = level);
  private final Plic plic = new Plic(SHAPE, lines);

  private void enable(int context, int source, int priority) {
    plic.write(PRIORITY + 4L * source, 4, priority);
    long word = ENABLE + 0x80L * context + source / 32 * 4L;
    plic.write(word, 4, plic.read(word, 4) | 1L << source % 32);
  }

  private int claim(int context) {
    return (int) plic.read(CONTEXT + 0x1000L * context + 4, 4);
  }

  private void complete(int context, int source) {
    plic.write(CONTEXT + 0x1000L * context + 4, 4, source);
  }

  @Test
  void interruptGoesToTheContextThatEnabledIt() {
    enable(1, 33, 1);
    plic.source(33).set(true);
    assertThat(harts).containsExactly(false, true);
    assertThat(plic.read(PENDING + 4, 4)).isEqualTo(2);
    assertThat(claim(0)).isZero();
    assertThat(claim(1)).isEqualTo(33);
    assertThat(harts).containsExactly(false, false);
    assertThat(plic.read(PENDING + 4, 4)).isZero();
  }

  @Test
  void levelThatIsStillHighWhenCompletedIsPendingAgain() {
    enable(0, 5, 1);
    plic.source(5).set(true);
    assertThat(claim(0)).isEqualTo(5);
    assertThat(claim(0)).as("in service, so not claimed twice").isZero();
    complete(0, 5);
    assertThat(harts[0]).isTrue();
    assertThat(claim(0)).isEqualTo(5);
    plic.source(5).set(false);
    complete(0, 5);
    assertThat(harts[0]).isFalse();
    assertThat(claim(0)).isZero();
  }

  @Test
  void pulseWhileInServiceIsForwardedOnlyIfStillHigh() {
    enable(0, 5, 1);
    plic.source(5).set(true);
    claim(0);
    plic.source(5).set(false);
    plic.source(5).set(true);
    assertThat(harts[0]).as("the gateway holds it back").isFalse();
    complete(0, 5);
    assertThat(harts[0]).isTrue();
  }

  @Test
  void higherPriorityFirstThenLowerNumber() {
    enable(0, 7, 2);
    enable(0, 3, 1);
    enable(0, 64, 2);
    plic.source(3).set(true);
    plic.source(64).set(true);
    plic.source(7).set(true);
    assertThat(claim(0)).isEqualTo(7);
    assertThat(claim(0)).isEqualTo(64);
    assertThat(claim(0)).isEqualTo(3);
  }

  @Test
  void thresholdMasksNotificationButNotClaim() {
    enable(0, 7, 2);
    plic.write(CONTEXT, 4, 2);
    plic.source(7).set(true);
    assertThat(harts[0]).isFalse();
    plic.write(CONTEXT, 4, 1);
    assertThat(harts[0]).isTrue();
    plic.write(CONTEXT, 4, 7);
    assertThat(harts[0]).isFalse();
    assertThat(claim(0)).isEqualTo(7);
  }

  @Test
  void priorityZeroNeverInterrupts() {
    enable(0, 7, 0);
    plic.source(7).set(true);
    assertThat(harts[0]).isFalse();
    assertThat(claim(0)).isZero();
  }

  @Test
  void completionByAContextThatHasItDisabledIsIgnored() {
    enable(0, 5, 1);
    plic.source(5).set(true);
    claim(0);
    complete(1, 5);
    assertThat(harts[0]).isFalse();
    complete(0, 5);
    assertThat(harts[0]).isTrue();
  }

  @Test
  void registersKeepOnlyWhatExists() {
    plic.write(ENABLE, 4, -1);
    plic.write(ENABLE + 8, 4, -1);
    plic.write(ENABLE + 12, 4, -1);
    plic.write(PRIORITY, 4, 7);
    plic.write(PRIORITY + 4 * 66, 4, -1);
    plic.write(PRIORITY + 4 * 67, 4, 1);
    assertThat(plic.read(ENABLE, 4) & 0xffff_ffffL).isEqualTo(0xffff_fffeL);
    assertThat(plic.read(ENABLE + 8, 4)).isEqualTo(7);
    assertThat(plic.read(ENABLE + 12, 4)).isZero();
    assertThat(plic.read(PRIORITY, 4)).isZero();
    assertThat(plic.read(PRIORITY + 4 * 66, 4)).isEqualTo(7);
    assertThat(plic.read(PRIORITY + 4 * 67, 4)).isZero();
  }

  @Test
  void resetClearsRegistersAndKeepsWires() {
    enable(0, 5, 1);
    plic.source(5).set(true);
    claim(0);
    plic.reset();
    assertThat(harts[0]).isFalse();
    enable(0, 5, 1);
    assertThat(harts[0]).as("the wire is still high").isTrue();
  }

  @Test
  void stateGoesIntoAnotherPlic() {
    enable(0, 5, 1);
    enable(1, 66, 3);
    plic.source(5).set(true);
    plic.source(66).set(true);
    claim(0);
    boolean[] others = new boolean[2];
    Plic other = new Plic(SHAPE, List.of(level -> others[0] = level, level -> others[1] = level));
    other.restore(plic.save());
    assertThat(others).containsExactly(false, true);
    other.write(CONTEXT + 4, 4, 5);
    assertThat(others).containsExactly(true, true);
    assertThat(plic.save().enables()).isEqualTo(other.save().enables());
  }

  @Test
  void refusesStateOfAnotherShape() {
    Plic small = new Plic(new PlicConfiguration(5, 1), List.of(level -> {}));
    assertThatThrownBy(() -> small.restore(plic.save())).isInstanceOf(SavedStateException.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void hostileAccessesNeitherThrowNorInventSources(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 200_000; i++) {
      int size = 1 << random.nextInt(4);
      long offset = random.nextLong(SHAPE.registerBytes() + 0x10_0000);
      if (random.nextBoolean()) {
        offset =
            new long[] {PRIORITY, PENDING, ENABLE, CONTEXT}[random.nextInt(4)]
                + random.nextInt(0x1100);
      }
      switch (random.nextInt(3)) {
        case 0 -> plic.write(offset, size, random.nextLong());
        case 1 -> {
          long value = plic.read(offset, size);
          if (offset == CONTEXT + 4 && size == 4) {
            assertThat(value).as("claim, seed %d", seed).isBetween(0L, 66L);
          }
        }
        default -> plic.source(1 + random.nextInt(66)).set(random.nextBoolean());
      }
    }
  }
}
