package org.javisor.riscv.hart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.javisor.riscv.hart.PageTables.RWX;
import static org.javisor.riscv.hart.TestMachine.BASE;
import static org.javisor.riscv.hart.TestMachine.DATA;
import static org.javisor.riscv.hart.TestMachine.SATP;
import static org.javisor.riscv.hart.TestMachine.TABLES;

import org.javisor.machine.GuestMemory;
import org.javisor.riscv.isa.Assembler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Decoded code and what overwrites it. */
class CodeTest {
  private final TestMachine machine = new TestMachine();
  private final Hart hart = machine.hart;

  @AfterEach
  void close() {
    machine.close();
  }

  private static int word(String instruction) {
    byte[] bytes = new Assembler(BASE).source(instruction).bytes();
    int word = 0;
    for (int i = 3; i >= 0; i--) {
      word = word << 8 | bytes[i] & 0xff;
    }
    return word;
  }

  /** Patches its own loop body 200 times and executes it after a fence.i each time. */
  @Test
  void aProgramThatModifiesItselfRunsWhatItWrote() {
    machine.code(
        BASE,
        """
               li   s0, 200
               li   s1, 0
               la   t0, body
               lw   t1, 0(t0)
               li   t2, 0x100000      # one in the immediate field
        again: addw t1, t1, t2
               sw   t1, 0(t0)
               fence.i
        body:  addi a0, zero, 0
               add  s1, s1, a0
               addi s0, s0, -1
               bnez s0, again
               ecall
        """);
    machine.run(hart, BASE);
    assertThat(hart.x(9)).isEqualTo(200 * 201 / 2);
  }

  /** As the kernel patches: through another mapping of the same page. */
  @Test
  void aStoreThroughAnAliasReachesTheCode() {
    PageTables tables = new PageTables(machine.memory, 3, TABLES);
    tables.map(BASE, BASE, RWX, 1).map(0x40_0000, DATA, RWX).map(0x50_0000, DATA, RWX);
    hart.writeControl(SATP, tables.satp(1));
    machine.code(DATA + 16, "li a0, 1\nret");
    machine.code(
        BASE,
        """
            lui  t0, 0x400
            lui  t1, 0x500
            sd   zero, 0(t1)         # a write tag for the page, before it holds code
            jalr ra, 16(t0)
            add  s0, zero, a0
            sw   s2, 16(t1)
            fence.i
            jalr ra, 16(t0)
            add  s1, zero, a0
            ecall
        """);
    hart.setX(18, word("addi a0, zero, 2"));
    machine.run(hart, BASE);
    assertThat(hart.x(8)).isEqualTo(1);
    assertThat(hart.x(9)).isEqualTo(2);
  }

  @Test
  void aDeviceThatWritesCodeIsSeen() {
    machine.code(DATA, "li a0, 1\necall");
    machine.run(hart, DATA);
    byte[] code = new Assembler(DATA).source("li a0, 2\necall").bytes();
    machine.memory.write(DATA, code, 0, code.length);
    machine.execute("fence.i");
    machine.run(hart, DATA);
    assertThat(hart.x(10)).isEqualTo(2);
    machine
        .memory
        .segment(DATA, 4)
        .set(java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED, 0, word("addi a0, zero, 3"));
    machine.memory.written(DATA, 4);
    machine.execute("fence.i");
    machine.run(hart, DATA);
    assertThat(hart.x(10)).isEqualTo(3);
  }

  @Test
  void atomicOperationsOnCodeAreSeen() {
    machine.code(DATA, "addi a0, zero, 1\necall");
    machine.run(hart, DATA);
    hart.setX(11, DATA);
    hart.setX(12, word("addi a0, zero, 9"));
    machine.execute("amoswap.w a3, a2, (a1)");
    machine.execute("fence.i");
    machine.run(hart, DATA);
    assertThat(hart.x(10)).isEqualTo(9);
  }

  @Test
  void halfAnInstructionCanBeReplaced() {
    machine.code(DATA, "lui a0, 0x12345\necall");
    machine.run(hart, DATA);
    assertThat(hart.x(10)).isEqualTo(0x1234_5000);
    hart.setX(11, DATA);
    hart.setX(12, word("lui a0, 0x54321") >>> 16);
    machine.execute("sh a2, 2(a1)");
    machine.execute("fence.i");
    machine.run(hart, DATA);
    assertThat(hart.x(10))
        .isEqualTo(
            (word("lui a0, 0x54321") & 0xffff_0000 | word("lui a0, 0x12345") & 0xffff)
                & 0xffff_f000);
  }

  /** A page of code becomes data, is filled by fast stores, and becomes code again. */
  @Test
  void aPageCanTurnFromCodeToDataAndBack() {
    for (int round = 1; round <= 20; round++) {
      byte[] code = new Assembler(DATA).source("li a0, " + round + "\necall").bytes();
      machine.memory.write(DATA + 8192, code, 0, code.length);
      machine.code(
          BASE,
          """
                li   t0, 0x80100000
                li   t1, 0x80102000
                li   t2, 4096
                add  t3, t0, t2
          fill: sd   t2, 0(t0)
                addi t0, t0, 8
                bne  t0, t3, fill
                sub  t0, t0, t2
                ld   t4, 0(t1)
                sd   t4, 0(t0)
                ld   t4, 8(t1)
                sd   t4, 8(t0)
                fence.i
                jr   t0
          """);
      machine.run(hart, BASE);
      assertThat(hart.x(10)).isEqualTo(round);
    }
  }

  @Test
  void anInstructionMayCrossPages() {
    PageTables tables = new PageTables(machine.memory, 3, TABLES);
    tables.map(BASE, BASE, RWX, 1);
    // Virtually adjacent, physically apart.
    tables.map(0x40_0000, DATA, RWX).map(0x40_1000, DATA + 0x3000, RWX);
    hart.writeControl(SATP, tables.satp(1));
    int word = word("lui a0, 0x12345");
    GuestMemory memory = machine.memory;
    memory.putShort(DATA + 4094, (short) word);
    memory.putShort(DATA + 0x3000, (short) (word >>> 16));
    memory.putInt(DATA + 0x3002, word("ecall"));
    machine.run(hart, 0x40_0ffe);
    assertThat(hart.x(10)).isEqualTo(0x1234_5000);
    assertThat(hart.pc()).isEqualTo(0x40_1006);
    // Its second half changes without the first page being written.
    memory.putShort(DATA + 0x3000, (short) (word("lui a0, 0x54325") >>> 16));
    machine.execute("fence.i");
    machine.run(hart, 0x40_0ffe);
    assertThat(hart.x(10)).isEqualTo(0x5432_5000);
    // Its second page goes away.
    tables.map(0x40_1000, 0, 0);
    hart.translationFence(true, 0, true, 0);
    hart.setPc(0x40_0ffe);
    hart.step();
    assertThat(machine.trap()).isEqualTo("12 401000");
    assertThat(hart.readControl(TestMachine.SEPC)).isEqualTo(0x40_0ffe);
  }

  @Test
  void codeOnThousandsOfPagesRuns() {
    long end = BASE + (12 << 20);
    for (long at = BASE + 0x10_000; at < end; at += 4096) {
      machine.memory.putInt(at, word("j 0x80001000")); // a page further
    }
    machine.code(end, "ecall");
    machine.run(hart, BASE + 0x10_000);
    assertThat(hart.pc()).isEqualTo(end + 4);
  }

  @Test
  void sameProgramSteppedOrRunEndsTheSame() {
    String program =
        """
              li   s0, 100
        loop: mul  s1, s1, s0
              addi s1, s1, 7
              xor  s2, s2, s1
              sd   s2, 0(sp)
              lw   s3, 4(sp)
              add  s4, s4, s3
              addi s0, s0, -1
              bnez s0, loop
        done: ecall
        """;
    Assembler assembled = machine.code(BASE, program);
    hart.setX(2, DATA);
    machine.run(hart, BASE);
    long[] run = hart.save().x();
    long retired = hart.retired();
    for (int i = 1; i < 32; i++) {
      hart.setX(i, 0);
    }
    hart.setX(2, DATA);
    hart.setPc(BASE);
    long before = hart.retired();
    machine.stepTo(assembled.address("done"));
    assertThat(hart.save().x()).isEqualTo(run);
    assertThat(hart.retired() - before).isEqualTo(100 * 8 + 1);
    assertThat(retired).isPositive();
  }
}
