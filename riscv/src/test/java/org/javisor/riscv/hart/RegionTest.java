package org.javisor.riscv.hart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.javisor.riscv.hart.PageTables.RWX;
import static org.javisor.riscv.hart.TestMachine.BASE;
import static org.javisor.riscv.hart.TestMachine.DATA;
import static org.javisor.riscv.hart.TestMachine.SATP;
import static org.javisor.riscv.hart.TestMachine.TABLES;
import static org.javisor.riscv.hart.TestMachine.TRAP_HANDLER;

import org.javisor.riscv.isa.Assembler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Programs whose control flow, traps or mappings an engine that works in regions could get wrong.
 */
class RegionTest {
  private final TestMachine machine = new TestMachine();
  private final Hart hart = machine.hart;

  @AfterEach
  void close() {
    machine.close();
  }

  /** Maps the first 2 MiB to themselves and makes the hart use the tables. */
  private PageTables translate() {
    PageTables tables = new PageTables(machine.memory, 3, TABLES);
    tables.map(BASE, BASE, RWX, 1);
    hart.writeControl(SATP, tables.satp(1));
    return tables;
  }

  @Test
  void recursionDeeperThanAnyHostStackReturns() {
    machine.code(
        BASE,
        """
               li   s0, 20000
               li   sp, 0x80700000
               mv   a0, s0
               jal  ra, count
               ecall
        count: beqz a0, end
               addi sp, sp, -16
               sd   ra, 8(sp)
               addi a0, a0, -1
               jal  ra, count
               addi a0, a0, 3
               ld   ra, 8(sp)
               addi sp, sp, 16
        end:   ret
        """);
    machine.run(hart, BASE);
    assertThat(hart.x(10)).isEqualTo(60_000);
  }

  @Test
  void aCalleeMayReturnElsewhereOrNotAtAll() {
    machine.code(
        BASE,
        """
               li   s0, 300
               li   s1, 0
        again: jal  ra, skips            # returns past the next instruction
               addi s1, s1, 1000
               addi s1, s1, 1
               la   s2, resume
               jal  ra, jumps            # calls on, and that one leaves both
               addi s1, s1, 1000
        resume:
               addi s1, s1, 10
               jal  ra, tail
               addi s0, s0, -1
               bnez s0, again
               ecall
        skips: addi ra, ra, 4
               ret
        jumps: mv   s3, ra
               jal  ra, leaves
               addi s1, s1, 1000
               jr   s3
        leaves: jr  s2
        tail:  la   t0, end
               jr   t0
        end:   addi s1, s1, 100
               ret
        """);
    machine.run(hart, BASE);
    assertThat(hart.x(9)).isEqualTo(300 * 111);
  }

  /** As a procedure linkage table does: the function returns to the stub's caller. */
  @Test
  void aJumpThatLinksToAnotherRegisterIsNoCall() {
    machine.code(
        BASE,
        """
               li   s0, 300
               li   s1, 0
               li   s2, 0
               la   s3, function
        again: jal  ra, stub
               addi s1, s1, 1
               sub  t1, t1, s4           # where the stub ended, less where it begins
               add  s2, s2, t1
               addi s0, s0, -1
               bnez s0, again
               ecall
        stub:  la   s4, stub
               addi t1, s3, 0
               jalr t1, 0(t1)
               addi s1, s1, 1000
               ret
        function:
               addi s1, s1, 10
               mv   s5, t1
               jal  t2, on
               addi s1, s1, 1000
        on:    mv   t1, s5
               ret
        """);
    machine.run(hart, BASE);
    assertThat(hart.x(9)).isEqualTo(300 * 11);
    assertThat(hart.x(18) % 300).isZero();
    assertThat(hart.x(18) / 300).isEqualTo(hart.x(21) - hart.x(20)).isBetween(8L, 16L);
  }

  /** The loop lies across two pages, and the second becomes another one while it runs. */
  @Test
  void aLoopAcrossPagesFollowsTheMapping() {
    PageTables tables = translate();
    long virtual = 0x40_0000;
    tables.map(virtual, DATA, RWX).map(virtual + 4096, DATA + 0x2000, RWX);
    // In one page up to its end, then on in the next; the second halves differ in what they add.
    machine.code(
        DATA + 4096 - 12,
        """
          addi s0, s0, -1
          addi s1, s1, 1
          addi s1, s1, 1
        """);
    String second = "addi s1, s1, %d\nbeqz s0, end\nj %#x\nend: ret";
    machine.code(DATA + 0x2000, String.format(second, 0, DATA + 0x2000 - 12));
    machine.code(DATA + 0x5000, String.format(second, 7, DATA + 0x5000 - 12));
    machine.code(
        BASE,
        """
            lui  t0, 0x401
            addi t0, t0, -12
            li   s1, 0
            li   s0, 50
            jalr ra, 0(t0)
            mv   s2, s1
            sd   s5, 0(s4)
            sfence.vma s6, zero
            li   s1, 0
            li   s0, 50
            jalr ra, 0(t0)
            ecall
        """);
    long entry = tables.entry(virtual + 4096, 0);
    tables.map(0x60_0000, entry & -4096, RWX);
    hart.setX(20, 0x60_0000 + (entry & 4095));
    hart.setX(21, (DATA + 0x5000) >>> 12 << 10 | RWX);
    hart.setX(22, virtual + 4096);
    machine.run(hart, BASE);
    assertThat(hart.x(18)).isEqualTo(50 * 2);
    assertThat(hart.x(9)).isEqualTo(50 * 9);
  }

  /** The same physical code at two virtual addresses, whose neighbours differ. */
  @Test
  void aliasesWithDifferentNeighboursEachHaveTheirs() {
    PageTables tables = translate();
    tables.map(0x40_0000, DATA, RWX).map(0x40_1000, DATA + 0x1000, RWX);
    tables.map(0x50_0000, DATA, RWX).map(0x50_1000, DATA + 0x2000, RWX);
    machine.code(DATA + 4096 - 8, "addi s1, s1, 1\naddi s1, s1, 1");
    machine.code(DATA + 0x1000, "addi s1, s1, 10\nret");
    machine.code(DATA + 0x2000, "addi s1, s1, 100\nret");
    machine.code(
        BASE,
        """
               li   s0, 100
               li   s1, 0
               lui  s2, 0x401
               lui  s3, 0x501
        again: jalr ra, -8(s2)
               jalr ra, -8(s3)
               addi s0, s0, -1
               bnez s0, again
               ecall
        """);
    machine.run(hart, BASE);
    assertThat(hart.x(9)).isEqualTo(100 * (2 + 10 + 2 + 100));
  }

  /** Executes at an address, which is translated then; ends at the first call or return. */
  private void callOnce(long address) {
    long end = BASE + 0x2000;
    machine.code(end, "ecall");
    hart.setX(1, end);
    hart.setX(20, end);
    machine.run(hart, address);
    hart.setX(20, BASE + 0x1000);
  }

  /** A callee changes the address space, and returns where the caller is in another one. */
  @Test
  void aCallerInAnotherAddressSpaceIsNotGoneOnWith() {
    PageTables first = translate();
    PageTables second = new PageTables(machine.memory, 3, TABLES + 0x10_0000);
    second.map(BASE, BASE, RWX, 1);
    first.map(0x40_0000, DATA, RWX);
    second.map(0x40_0000, DATA + 0x1000, RWX);
    String caller = "mv s3, ra\njalr ra, 0(s4)\naddi s1, s1, %d\njr s3";
    machine.code(DATA, String.format(caller, 1));
    machine.code(DATA + 0x1000, String.format(caller, 100));
    machine.code(BASE + 0x1000, "addi s2, s2, 1\ncsrw satp, s6\nret");
    machine.code(
        BASE,
        """
               li   s0, 50
               li   s1, 0
               lui  s7, 0x400
        again: csrw satp, s5
               jalr ra, 0(s7)
               addi s0, s0, -1
               bnez s0, again
               ecall
        """);
    hart.setX(21, first.satp(1));
    hart.setX(22, second.satp(2));
    callOnce(0x40_0000);
    callOnce(BASE + 0x1000);
    machine.run(hart, BASE);
    assertThat(hart.x(9)).isEqualTo(50 * 100);
  }

  /** A callee maps another page in the place of the one its caller is in. */
  @Test
  void aCallerWhosePageIsMappedAwayIsNotGoneOnWith() {
    PageTables tables = translate();
    tables.map(0x40_0000, DATA, RWX);
    String caller = "mv s3, ra\njalr ra, 0(s4)\naddi s1, s1, %d\njr s3";
    machine.code(DATA, String.format(caller, 1));
    machine.code(DATA + 0x1000, String.format(caller, 100));
    machine.code(BASE + 0x1000, "sd s6, 0(s8)\nsfence.vma s7, zero\nret");
    machine.code(
        BASE,
        """
               li   s0, 50
               li   s1, 0
               lui  s7, 0x400
        again: sd   s5, 0(s8)
               sfence.vma s7, zero
               jalr ra, 0(s7)
               addi s0, s0, -1
               bnez s0, again
               ecall
        """);
    long entry = tables.entry(0x40_0000, 0);
    tables.map(0x60_0000, entry & -4096, RWX);
    hart.setX(21, DATA >>> 12 << 10 | RWX);
    hart.setX(22, (DATA + 0x1000) >>> 12 << 10 | RWX);
    hart.setX(24, 0x60_0000 + (entry & 4095));
    callOnce(0x40_0000);
    callOnce(BASE + 0x1000);
    machine.run(hart, BASE);
    assertThat(hart.x(9)).isEqualTo(50 * 100);
  }

  @Test
  void aFaultInTheMiddleOfALoopHasTheRegistersAndCountsOfThatMoment() {
    PageTables tables = translate();
    tables.map(0x40_0000, DATA, RWX);
    for (int i = 0; i < 512; i++) {
      machine.memory.putLong(DATA + 8 * i, i);
    }
    machine.code(TRAP_HANDLER, "csrr s7, instret\necall");
    Assembler code =
        machine.code(
            BASE,
            """
                   lui  s0, 0x400
                   li   s1, 0
                   li   s2, 0
                   csrr s6, instret
            again: ld   t0, 0(s0)
                   add  s1, s1, t0
                   addi s2, s2, 1
                   addi s0, s0, 8
                   j    again
            """);
    machine.run(hart, BASE);
    assertThat(hart.x(9)).isEqualTo(511 * 512 / 2);
    assertThat(hart.x(18)).isEqualTo(512);
    assertThat(hart.x(8)).isEqualTo(0x40_1000);
    assertThat(machine.trapValue()).isEqualTo(0x40_1000);
    assertThat(hart.readControl(TestMachine.SEPC)).isEqualTo(code.address("again"));
    // 512 times round, the csrr itself; the load that faulted does not count.
    assertThat(hart.x(23) - hart.x(22)).isEqualTo(512 * 5 + 1);
  }

  /** A callee changes an instruction after its caller's call. */
  @Test
  void aCallerWhoseCodeTheCalleeChangesGoesOnInTheNewCode() {
    machine.code(
        BASE,
        """
               li   s0, 100
               li   s1, 0
               la   s2, body
               lw   s3, 0(s2)
               li   s4, 0x100000
        again: jal  ra, patch
        body:  addi s1, s1, 0
               addi s0, s0, -1
               bnez s0, again
               ecall
        patch: addw s3, s3, s4
               sw   s3, 0(s2)
               fence.i
               ret
        """);
    machine.run(hart, BASE);
    assertThat(hart.x(9)).isEqualTo(100 * 101 / 2);
  }

  /** Stops only because somebody asks from outside. */
  @Test
  void anEndlessLoopLetsGoWhenAsked() throws InterruptedException {
    machine.code(BASE, "again: addi s0, s0, 1\nsd s0, 0(s1)\nbnez s0, again\nj again");
    runUntilAsked();
    assertThat(hart.x(8)).isPositive();
    assertThat(hart.pc()).isBetween(BASE, BASE + 12);
  }

  /** Calls and returns for ages, without a jump backwards. */
  @Test
  void aTreeOfCallsLetsGoWhenAsked() throws InterruptedException {
    machine.code(
        BASE,
        """
               li   sp, 0x80700000
               li   a0, 200
               jal  ra, tree
               ecall
        tree:  addi s0, s0, 1
               sd   s0, 0(s1)
               beqz a0, leaf
               addi sp, sp, -16
               sd   ra, 8(sp)
               sd   a0, 0(sp)
               addi a0, a0, -1
               jal  ra, tree
               ld   a0, 0(sp)
               addi a0, a0, -1
               jal  ra, tree
               ld   ra, 8(sp)
               addi sp, sp, 16
        leaf:  ret
        """);
    runUntilAsked();
    assertThat(hart.x(8)).isPositive();
  }

  /** Runs the program at BASE until it has stored something where s1 points, and asks it to end. */
  private void runUntilAsked() throws InterruptedException {
    hart.setX(9, DATA);
    hart.setPc(BASE);
    Thread runner = Thread.ofPlatform().daemon().start(hart::run);
    while (machine.memory.getLong(DATA) < 10_000) {
      assertThat(runner.isAlive()).isTrue();
      Thread.onSpinWait();
    }
    hart.requestExit();
    runner.join(10_000);
    assertThat(runner.isAlive()).isFalse();
  }
}
