package org.javisor.riscv.hart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.javisor.riscv.hart.PageTables.RWX;
import static org.javisor.riscv.hart.TestMachine.BASE;
import static org.javisor.riscv.hart.TestMachine.DATA;
import static org.javisor.riscv.hart.TestMachine.SATP;
import static org.javisor.riscv.hart.TestMachine.TABLES;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several harts on threads of their own. */
class ConcurrencyTest {
  private static final int ROUNDS = 20_000;

  private static long[] everywhere(int harts, long address) {
    long[] addresses = new long[harts];
    Arrays.fill(addresses, address);
    return addresses;
  }

  private static TestMachine machine(int harts, String program) {
    TestMachine machine = new TestMachine(harts);
    machine.code(BASE, program.replace("ROUNDS", Integer.toString(ROUNDS)));
    return machine;
  }

  @ParameterizedTest
  @ValueSource(strings = {"w", "d"})
  void storeConditionalsLoseNoUpdate(String size) throws InterruptedException {
    String program =
        """
              li   s0, ROUNDS
              li   s1, 0x80100000
        loop: lr.SIZE t0, (s1)
              addi t0, t0, 1
              sc.SIZE t1, t0, (s1)
              bnez t1, loop
              addi s0, s0, -1
              bnez s0, loop
              ecall
        """;
    try (TestMachine machine = machine(4, program.replace("SIZE", size))) {
      machine.runAll(everywhere(4, BASE));
      assertThat(machine.memory.getLong(DATA)).isEqualTo(4L * ROUNDS);
    }
  }

  @Test
  void atomicOperationsLoseNoUpdate() throws InterruptedException {
    String program =
        """
              li   s0, ROUNDS
              li   s1, 0x80100000
              li   s2, 1
              addi s4, a0, 8
              sll  s3, s2, s4          # a bit of this hart's own
        loop: amoadd.d zero, s2, (s1)
              addi t0, s1, 8
              amoadd.w zero, s2, (t0)
              addi t0, s1, 16
              amoor.d zero, s3, (t0)
              addi t0, s1, 24
              amomaxu.d zero, s0, (t0)
              addi t0, s1, 32
              amoxor.d zero, s3, (t0)
              addi s0, s0, -1
              bnez s0, loop
              ecall
        """;
    try (TestMachine machine = machine(4, program)) {
      machine.runAll(everywhere(4, BASE));
      assertThat(machine.memory.getLong(DATA)).isEqualTo(4L * ROUNDS);
      assertThat(machine.memory.getInt(DATA + 8)).isEqualTo(4 * ROUNDS);
      assertThat(machine.memory.getLong(DATA + 24)).isEqualTo(ROUNDS);
      assertThat(machine.memory.getLong(DATA + 32)).isZero();
      // Hart 0's x10 was not set by its start in this machine, which entered it long ago.
      assertThat(machine.memory.getLong(DATA + 16) & 0xe00).isEqualTo(0xe00);
    }
  }

  /** Message passing: who sees the flag sees the data, given fences. */
  @Test
  void fencesOrderMessages() throws InterruptedException {
    String program =
        """
              li   s0, ROUNDS
              li   s1, 0x80100000
              li   s2, 0x80101000
              li   s3, 0
              bnez a1, reader
        writer: addi s3, s3, 1
              sd   s3, 0(s1)
              fence
              sd   s3, 0(s2)
              bne  s3, s0, writer
              ecall
        reader: ld t0, 0(s2)
              fence
              ld   t1, 0(s1)
              bltu t1, t0, broken
              bne  t0, s0, reader
              ecall
        broken: li s3, -1
              ecall
        """;
    try (TestMachine machine = machine(2, program)) {
      machine.hart.setX(11, 0);
      machine.harts.hart(1).start(BASE, 1);
      Thread reader = Thread.ofPlatform().daemon().start(machine.harts.hart(1)::run);
      machine.run(machine.hart, BASE);
      reader.join(60_000);
      assertThat(reader.isAlive()).isFalse();
      assertThat(machine.harts.hart(1).x(19)).isZero();
    }
  }

  /** Store buffering: with full fences both harts cannot miss each other's store. */
  @Test
  void fullFencesForbidStoreBuffering() throws InterruptedException {
    String program =
        """
              li   s0, ROUNDS
              li   s1, 0x80100000
              slli t0, a1, 12
              add  s2, s1, t0          # my cell
              xori t1, a1, 1
              slli t1, t1, 12
              add  s3, s1, t1          # the other's
              li   s4, 0               # round
              slli t3, a1, 3
              li   s5, 0x80104000
              add  s6, s5, t3          # what I saw
              slli t4, a1, 12
        loop: addi s4, s4, 1
              sd   s4, 0(s2)
              fence
              ld   t0, 0(s3)
              sd   t0, 64(s6)
              # barrier: both arrive
              li   t2, 1
              li   s7, 0x80108000
              amoadd.d zero, t2, (s7)
              slli t5, s4, 1
        wait: ld   t6, 0(s7)
              bltu t6, t5, wait
              ld   t0, 64(s5)
              ld   t1, 72(s5)
              bgeu t0, s4, fine
              bgeu t1, s4, fine
              li   s8, -1              # both saw the round before
        fine: li   t2, 1
              li   s9, 0x8010c000
              amoadd.d zero, t2, (s9)
        wait2: ld  t6, 0(s9)
              bltu t6, t5, wait2
              bne  s4, s0, loop
              ecall
        """;
    try (TestMachine machine = machine(2, program.replace("ROUNDS", "2000"))) {
      machine.hart.setX(11, 0);
      machine.harts.hart(1).start(BASE, 1);
      Thread other = Thread.ofPlatform().daemon().start(machine.harts.hart(1)::run);
      machine.run(machine.hart, BASE);
      other.join(60_000);
      assertThat(other.isAlive()).isFalse();
      assertThat(machine.hart.x(24)).isZero();
      assertThat(machine.harts.hart(1).x(24)).isZero();
    }
  }

  /** One hart writes code that the other executes, handing over by a flag and a fence.i. */
  @Test
  void codeWrittenByAnotherHartIsExecutedAfterAFence() throws InterruptedException {
    String program =
        """
              li   s0, 2000
              li   s1, 0x80100000      # the function
              li   s2, 0x80180000      # the round to execute
              li   s3, 0x80181000      # the round executed
              li   s4, 0
              lw   s5, 0(s1)
              li   s6, 0x100000        # one more in the immediate
              bnez a1, executor
        patch: addi s4, s4, 1
              add  s5, s5, s6
              sw   s5, 0(s1)
              fence
              sd   s4, 0(s2)
        await: ld  t0, 0(s3)
              bne  t0, s4, await
              bne  s4, s0, patch
              ecall
        executor: addi s4, s4, 1
        ready: ld  t0, 0(s2)
              bne  t0, s4, ready
              fence.i
              jalr ra, 0(s1)
              bne  a0, s4, broken
              sd   s4, 0(s3)
              bne  s4, s0, executor
              ecall
        broken: li s7, -1
              sd   s4, 0(s3)
              ecall
        """;
    try (TestMachine machine = machine(2, program)) {
      machine.code(DATA, "addi a0, zero, 0\nret");
      machine.hart.setX(11, 0);
      machine.harts.hart(1).start(BASE, 1);
      Thread executor = Thread.ofPlatform().daemon().start(machine.harts.hart(1)::run);
      Thread patcher = Thread.ofPlatform().daemon().start(() -> machine.run(machine.hart, BASE));
      executor.join(60_000);
      patcher.join(5_000);
      machine.hart.requestExit();
      assertThat(executor.isAlive()).isFalse();
      assertThat(machine.harts.hart(1).x(23)).isZero();
      assertThat(machine.harts.hart(1).x(20)).isEqualTo(2000);
    }
  }

  /** All harts fence each other at once: nobody waits for ever, and stopped ones do not count. */
  @Test
  void hartsThatFenceEachOtherGetOn() throws InterruptedException {
    TestMachine machine = new TestMachine(4);
    Thread[] threads = new Thread[3];
    machine.code(BASE, "loop: addi a0, a0, 1\nfence.i\nj loop");
    for (int i = 0; i < 3; i++) {
      Hart hart = machine.harts.hart(i);
      if (i > 0) {
        hart.start(BASE, 0);
      }
      hart.setPc(BASE);
      threads[i] = Thread.ofPlatform().daemon().start(hart::run);
    }
    // Fences are called on a hart's own thread: between its runs will do.
    for (int round = 0; round < 30; round++) {
      for (int i = 0; i < 3; i++) {
        machine.harts.hart(i).requestExit();
      }
      for (int i = 0; i < 3; i++) {
        threads[i].join(60_000);
        assertThat(threads[i].isAlive()).isFalse();
        Hart hart = machine.harts.hart(i);
        threads[i] =
            Thread.ofPlatform()
                .daemon()
                .start(
                    () -> {
                      machine.harts.remoteTranslationFence(hart, 0b1111, 0, -1, -1);
                      machine.harts.remoteInstructionFence(hart, 0b1111);
                      machine.harts.remoteTranslationFence(hart, 0b1111, BASE, 8192, 1);
                      hart.run();
                    });
      }
    }
    for (int i = 0; i < 3; i++) {
      machine.harts.hart(i).requestExit();
      threads[i].join(60_000);
      assertThat(threads[i].isAlive()).isFalse();
    }
    machine.close();
  }

  /** A fence asked of a running hart takes effect before the call returns. */
  @Test
  void aRemoteFenceIsDoneWhenItReturns() throws InterruptedException {
    try (TestMachine machine = new TestMachine(2)) {
      PageTables tables = new PageTables(machine.memory, 3, TABLES);
      tables.map(BASE, BASE, RWX, 1);
      machine.code(
          BASE,
          """
                csrrw zero, 0x180, a1
                lui  t0, 0x400
                li   t1, 0x80108000
          loop: ld   t2, 0(t0)
                sd   t2, 0(t1)
                j    loop
          """);
      tables.map(0x40_0000, DATA, RWX);
      Hart other = machine.harts.hart(1);
      other.start(BASE, tables.satp(1));
      Thread thread = Thread.ofPlatform().daemon().start(other::run);
      machine.hart.writeControl(SATP, 0);
      for (int round = 1; round < 50; round++) {
        long page = DATA + 0x1_0000 + (round & 3) * 4096L;
        machine.memory.putLong(page, round);
        tables.map(0x40_0000, page, RWX);
        machine.harts.remoteTranslationFence(machine.hart, 0b10, 0x40_0000, 4096, -1);
        // At most one store of the old value can still be on its way.
        long seen = -1;
        for (long spins = 0; seen != round && spins < 1L << 32; spins++) {
          seen = machine.memory.getShortAcquire(0x8010_8000L);
        }
        assertThat(seen).isEqualTo(round);
      }
      other.requestExit();
      thread.join(60_000);
      assertThat(thread.isAlive()).isFalse();
    }
  }

  @Test
  void hartsAreStartedStoppedAndSuspended() throws InterruptedException {
    try (TestMachine machine = new TestMachine(2)) {
      Hart other = machine.harts.hart(1);
      machine.code(BASE, "ecall");
      assertThat(other.status()).isEqualTo(HartStatus.STOPPED);
      Thread thread = Thread.ofPlatform().daemon().start(other::run);
      assertThat(other.start(BASE, 42)).isTrue();
      thread.join(60_000);
      assertThat(thread.isAlive()).isFalse();
      assertThat(other.status()).isEqualTo(HartStatus.STARTED);
      assertThat(other.x(10)).isEqualTo(1);
      assertThat(other.x(11)).isEqualTo(42);
      assertThat(other.start(BASE, 42)).isFalse();
      other.stop();
      assertThat(other.status()).isEqualTo(HartStatus.STOPPED);
      other.writeControl(TestMachine.SIE, 2);
      other.start(BASE, 43);
      other.run();
      other.suspend(BASE, 44);
      other.setSoftwareInterrupt(true);
      other.run();
      assertThat(other.x(11)).isEqualTo(44);
      assertThat(other.status()).isEqualTo(HartStatus.STARTED);
    }
  }
}
