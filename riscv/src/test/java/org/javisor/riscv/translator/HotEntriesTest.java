package org.javisor.riscv.translator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.javisor.machine.AddressBus;
import org.javisor.machine.GuestMemory;
import org.javisor.machine.HostClock;
import org.javisor.riscv.hart.Hart;
import org.javisor.riscv.hart.Harts;
import org.javisor.riscv.isa.Assembler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What one run learns of hot code is of use to the next, and never does harm. */
@Timeout(60)
class HotEntriesTest {
  private static final long BASE = 0x8000_0000L;

  /** A loop at another place in memory, but at the same offset in its page. */
  private static final String LOOP =
      """
             li   s0, %d
      again: addi s1, s1, 3
             addi s0, s0, -1
             bnez s0, again
             ecall
      """;

  private static TranslatingEngine execute(HotEntries profile, long start, int iterations) {
    TranslatingEngine engine = new TranslatingEngine(profile);
    try (GuestMemory memory = GuestMemory.allocate(BASE, 1 << 20)) {
      byte[] code = new Assembler(start).source(LOOP.formatted(iterations)).bytes();
      memory.write(start, code, 0, code.length);
      Harts harts =
          new Harts(1, memory, new AddressBus(), new HostClock(), engine, Hart::requestExit);
      Hart hart = harts.hart(0);
      hart.start(start, 0);
      hart.run();
      assertThat(hart.x(9)).isEqualTo(3L * iterations);
    }
    return engine;
  }

  private static long translated(TranslatingEngine engine) {
    return engine.metrics().units() + engine.metrics().shared();
  }

  /** Waits for the translator's thread. */
  private static void awaitTranslated(TranslatingEngine engine) {
    while (translated(engine) == 0) {
      Thread.onSpinWait();
    }
  }

  @Test
  void whatWasHotIsTranslatedWhenItIsFirstSeen() {
    HotEntries learnt = new HotEntries();
    awaitTranslated(execute(learnt, BASE, 30_000_000));
    assertThat(learnt.size()).isPositive();
    HotEntries kept = HotEntries.of(learnt.toBytes());
    assertThat(kept.size()).isEqualTo(learnt.size());

    // Too short to become hot by itself; at another place in memory.
    int few = 4000;
    assertThat(translated(execute(new HotEntries(), BASE + 0x5000, few))).isZero();
    awaitTranslated(execute(kept, BASE + 0x5000, few));
  }

  @Test
  void bytesThatAreNoProfileAreAnEmptyOne() {
    assertThat(HotEntries.of(new byte[0]).size()).isZero();
    assertThat(HotEntries.of(new byte[] {1, 2, 3}).size()).isZero();
    assertThat(HotEntries.of(new byte[100]).size()).isZero();
    byte[] empty = new HotEntries().toBytes();
    ByteBuffer.wrap(empty).putInt(4, Integer.MAX_VALUE);
    assertThat(HotEntries.of(empty).size()).as("a count without places").isZero();
    ByteBuffer.wrap(empty).putInt(4, -1);
    assertThat(HotEntries.of(empty).size()).as("a negative count").isZero();
    byte[] longer = Arrays.copyOf(empty, 24);
    ByteBuffer.wrap(longer).putInt(4, 3);
    assertThat(HotEntries.of(longer).size()).as("cut off").isZero();
  }
}
