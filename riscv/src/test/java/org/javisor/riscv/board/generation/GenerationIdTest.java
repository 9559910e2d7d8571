package org.javisor.riscv.board.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.javisor.machine.Entropy;
import org.junit.jupiter.api.Test;

class GenerationIdTest {
  private final List<Boolean> line = new ArrayList<>();

  private GenerationId device() {
    GenerationId made =
        new GenerationId(new GenerationIdConfiguration("id"), Entropy.secure(), line::add);
    line.clear();
    return made;
  }

  private static List<Long> id(GenerationId device) {
    return List.of(device.read(0, 8), device.read(8, 8));
  }

  @Test
  void aChangeGivesAnotherIdAndRaisesTheLineUntilItsEndIsRead() {
    GenerationId device = device();
    List<Long> first = id(device);
    assertThat(id(device)).isEqualTo(first);
    line.clear();
    device.change();
    assertThat(line).containsExactly(true);
    assertThat(device.read(0, 8)).isNotEqualTo(first.get(0));
    assertThat(line).containsExactly(true);
    assertThat(device.read(8, 8)).isNotEqualTo(first.get(1));
    assertThat(line).containsExactly(true, false);
    assertThat(device.metrics()).isEqualTo(new GenerationIdMetrics(1, 3));
  }

  @Test
  void isReadInPiecesOfAnySize() {
    GenerationId device = device();
    for (int size : new int[] {1, 2, 4}) {
      for (int at = 0; at < GenerationId.BYTES; at += size) {
        long whole = device.read(at & ~7, 8);
        long mask = (1L << (8 * size)) - 1;
        assertThat(device.read(at, size)).isEqualTo((whole >>> (8 * (at & 7))) & mask);
      }
    }
    assertThat(device.read(16, 8)).isZero();
    assertThat(device.read(12, 8)).isZero();
    assertThat(device.read(0xff8, 8)).isZero();
  }

  @Test
  void theGuestCannotChangeIt() {
    GenerationId device = device();
    List<Long> first = id(device);
    device.write(0, 8, 1);
    assertThat(id(device)).isEqualTo(first);
  }

  @Test
  void stateHoldsTheIdAndWhatTheGuestHasNotRead() {
    GenerationId device = device();
    id(device);
    device.change();
    line.clear();
    GenerationIdState state = device.save();
    GenerationId other = device();
    other.restore(state);
    assertThat(line).containsExactly(true);
    assertThat(id(other)).isEqualTo(id(device));
  }

  @Test
  void aGuestThatHasNotReadItIsNotToldOfAChange() {
    GenerationId device = device();
    device.change();
    assertThat(line).containsExactly(false);
    id(device);
    device.reset();
    GenerationId other = device();
    other.restore(device.save());
    other.change();
    assertThat(line).doesNotContain(true);
  }

  @Test
  void aResetAnnouncesNothing() {
    GenerationId device = device();
    List<Long> first = id(device);
    device.change();
    line.clear();
    device.reset();
    assertThat(line).containsExactly(false);
    assertThat(id(device)).isNotEqualTo(first);
  }
}
