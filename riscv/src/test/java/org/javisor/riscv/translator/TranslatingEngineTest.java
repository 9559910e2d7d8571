package org.javisor.riscv.translator;

import static org.assertj.core.api.Assertions.assertThat;

import org.javisor.machine.AddressBus;
import org.javisor.machine.GuestMemory;
import org.javisor.machine.HostClock;
import org.javisor.riscv.hart.Hart;
import org.javisor.riscv.hart.Harts;
import org.javisor.riscv.isa.Assembler;
import org.junit.jupiter.api.Test;

/** The engine as machines use it: what is hot is translated in the background. */
class TranslatingEngineTest {
  private static final long BASE = 0x8000_0000L;

  private static final String SUM =
      """
             li   s0, 30000000
             li   s1, 0
             li   s2, 0x80010000
      again: ld   t0, 0(s2)
             addi t0, t0, 3
             sd   t0, 0(s2)
             xor  s1, s1, t0
             addi s0, s0, -1
             bnez s0, again
             ld   s3, 0(s2)
             ecall
      """;

  /** Executes a program until its environment call; its registers are in the hart returned. */
  private static Hart run(TranslatingEngine engine, GuestMemory memory, String source) {
    byte[] code = new Assembler(BASE).source(source).bytes();
    memory.write(BASE, code, 0, code.length);
    Harts harts =
        new Harts(1, memory, new AddressBus(), new HostClock(), engine, Hart::requestExit);
    Hart hart = harts.hart(0);
    hart.start(BASE, 0);
    hart.run();
    return hart;
  }

  @Test
  void aHotLoopIsTranslatedAndComputesTheSame() {
    TranslatingEngine engine = new TranslatingEngine();
    try (GuestMemory memory = GuestMemory.allocate(BASE, 1 << 20)) {
      Hart hart = run(engine, memory, SUM);
      assertThat(hart.x(19)).isEqualTo(90_000_000);
      assertThat(hart.retired()).isBetween(180_000_000L, 180_000_020L);
    }
    assertThat(engine.metrics().units() + engine.metrics().shared()).isPositive();
    assertThat(engine.metrics().interpreted()).isLessThan(100_000_000);
  }

  @Test
  void aSecondMachineWithTheSameCodeSharesTheUnit() {
    TranslatingEngine first = new TranslatingEngine();
    TranslatingEngine second = new TranslatingEngine();
    try (GuestMemory memory = GuestMemory.allocate(BASE, 1 << 20);
        GuestMemory other = GuestMemory.allocate(BASE, 1 << 20)) {
      run(first, memory, SUM);
      Hart hart = run(second, other, SUM);
      assertThat(hart.x(19)).isEqualTo(90_000_000);
    }
    assertThat(second.metrics().shared()).isPositive();
  }

  /** Each time the loop is hot again its code is another one. */
  @Test
  void hotCodeThatIsOverwrittenIsTranslatedAnew() {
    TranslatingEngine engine = new TranslatingEngine();
    try (GuestMemory memory = GuestMemory.allocate(BASE, 1 << 20)) {
      Hart hart =
          run(
              engine,
              memory,
              """
                     li   s4, 12
                     li   s1, 0
                     la   s2, body
                     lw   s3, 0(s2)
                     li   s5, 0x100000        # one in the immediate field
              round: li   s0, 2000000
              again:
              body:  addi s1, s1, 0
                     addi s0, s0, -1
                     bnez s0, again
                     addw s3, s3, s5
                     sw   s3, 0(s2)
                     fence.i
                     addi s4, s4, -1
                     bnez s4, round
                     ecall
              """);
      assertThat(hart.x(9)).isEqualTo(2_000_000L * (11 * 12 / 2));
    }
    assertThat(engine.metrics().units() + engine.metrics().shared()).isGreaterThan(1);
  }
}
