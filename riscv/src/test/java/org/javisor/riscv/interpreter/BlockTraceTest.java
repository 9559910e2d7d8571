package org.javisor.riscv.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.javisor.machine.AddressBus;
import org.javisor.machine.GuestMemory;
import org.javisor.machine.HostClock;
import org.javisor.riscv.hart.Hart;
import org.javisor.riscv.hart.Harts;
import org.javisor.riscv.isa.Assembler;
import org.junit.jupiter.api.Test;

class BlockTraceTest {
  private static final long BASE = 0x8000_0000L;
  private static final int STVEC = 0x105;

  /** The lines written for a program that ends with an environment call. */
  private static List<String> trace(String source) {
    StringWriter text = new StringWriter();
    TracingInterpreter engine = new TracingInterpreter();
    BlockTrace trace = new BlockTrace(new PrintWriter(text));
    engine.trace(trace);
    try (GuestMemory memory = GuestMemory.allocate(BASE, 1 << 20)) {
      byte[] code = new Assembler(BASE).source(source).bytes();
      memory.write(BASE, code, 0, code.length);
      Harts harts =
          new Harts(1, memory, new AddressBus(), new HostClock(), engine, Hart::requestExit);
      Hart hart = harts.hart(0);
      hart.start(BASE, 0);
      hart.writeControl(STVEC, BASE + 0x100);
      hart.run();
      trace.finish();
    }
    return text.toString().lines().toList();
  }

  @Test
  void loopsAreCountedAndCodeIsListedOnce() {
    List<String> lines =
        trace(
            """
                   addi s0, zero, 100
            again: addi s0, s0, -1
                   bne  s0, zero, again
                   ecall
            """);
    assertThat(lines)
        .containsExactly(
            "0 S 80000000 3",
            "\t80000000:\t06400413\taddi\ts0,zero,100",
            "\t80000004:\tfff40413\taddi\ts0,s0,-1",
            "\t80000008:\tfe041ee3\tbne\ts0,zero,0x80000004",
            "0 S 80000004 2 x 98",
            "\t80000004:\tfff40413\taddi\ts0,s0,-1",
            "\t80000008:\tfe041ee3\tbne\ts0,zero,0x80000004",
            "0 S 80000004 3",
            "\t80000004:\tfff40413\taddi\ts0,s0,-1",
            "\t80000008:\tfe041ee3\tbne\ts0,zero,0x80000004",
            "\t8000000c:\t00000073\tecall");
  }

  /** What traps is not executed: the block ends before it, and the handler's follows. */
  @Test
  void aTrapEndsABlockAndAMissOfTheSoftTlbDoesNot() {
    List<String> lines =
        trace(
            """
                   lui  s0, 0x80010
                   slli s0, s0, 32
                   srli s0, s0, 32
                   ld   t0, 0(s0)
                   sd   t0, 8(s0)
                   ld   t0, 0(zero)
                   ecall
            """
                + "nop\n".repeat((0x100 - 7 * 4) / 4)
                + "addi t1, zero, 1\necall\n");
    assertThat(lines.stream().filter(line -> !line.startsWith("\t")))
        .containsExactly("0 S 80000000 5", "0 S 80000100 2");
  }

  /** The same addresses with other code are listed anew. */
  @Test
  void changedCodeIsListedAgain() {
    List<String> lines =
        trace(
            """
                   auipc s0, 0
                   lw   t0, 36(s0)
                   addi s1, zero, 2
            again: addi a0, a0, 1
                   sw   t0, 12(s0)
                   fence.i
                   addi s1, s1, -1
                   bne  s1, zero, again
                   ecall
                   addi a0, a0, 7
            """);
    assertThat(lines.stream().filter(line -> line.startsWith("\t8000000c")))
        .containsExactly(
            "\t8000000c:\t00150513\taddi\ta0,a0,1", "\t8000000c:\t00750513\taddi\ta0,a0,7");
  }
}
