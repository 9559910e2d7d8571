package org.javisor.riscv.hart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.javisor.riscv.hart.TestMachine.BASE;
import static org.javisor.riscv.hart.TestMachine.DATA;
import static org.javisor.riscv.hart.TestMachine.SCAUSE;
import static org.javisor.riscv.hart.TestMachine.SEPC;
import static org.javisor.riscv.hart.TestMachine.SIE;
import static org.javisor.riscv.hart.TestMachine.SIP;
import static org.javisor.riscv.hart.TestMachine.SSTATUS;
import static org.javisor.riscv.hart.TestMachine.STATUS_SIE;
import static org.javisor.riscv.hart.TestMachine.STIMECMP;
import static org.javisor.riscv.hart.TestMachine.TRAP_HANDLER;

import org.javisor.riscv.isa.Assembler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Interrupts that arrive at any moment, and waiting for them. */
class InterruptTest {
  private static final String PROGRAM =
      """
            li   s0, 5
            li   s1, 1
      loop: mul  s1, s1, s0
            sd   s1, 0(sp)
            ld   s2, 0(sp)
            amoadd.d s3, s2, (sp)
            beqz s0, done
            addi s0, s0, -1
            j    loop
      done: add  s4, s1, s3
      end:  ecall
      """;

  /** Counts in sscratch, clears the software interrupt, changes nothing else. */
  private static final String HANDLER =
      """
      csrrw t0, 0x140, t0
      addi  t0, t0, 1
      csrrw t0, 0x140, t0
      csrrci zero, 0x144, 2
      sret
      """;

  private final TestMachine machine = new TestMachine();
  private final Hart hart = machine.hart;

  @AfterEach
  void close() {
    machine.close();
  }

  private void prepare() {
    for (int i = 1; i < 32; i++) {
      hart.setX(i, 0);
    }
    machine.memory.putLong(DATA, 0);
    hart.setX(2, DATA);
    hart.setPc(BASE);
    hart.writeControl(0x140, 0);
    hart.writeControl(SIE, 0x222);
    hart.writeControl(SSTATUS, STATUS_SIE);
  }

  @Test
  void anInterruptAtEveryBoundaryChangesNothing() {
    Assembler program = machine.code(BASE, PROGRAM);
    machine.code(TRAP_HANDLER, HANDLER);
    prepare();
    int instructions = 0;
    while (hart.pc() != program.address("end")) {
      hart.step();
      instructions++;
    }
    long[] undisturbed = hart.save().x();
    for (int boundary = 0; boundary < instructions; boundary++) {
      prepare();
      for (int i = 0; i < boundary; i++) {
        hart.step();
      }
      long interrupted = hart.pc();
      hart.setSoftwareInterrupt(true);
      hart.step();
      assertThat(hart.readControl(SCAUSE)).isEqualTo(Cause.INTERRUPT | 1);
      assertThat(hart.readControl(SEPC)).isEqualTo(interrupted);
      machine.stepTo(program.address("end"));
      assertThat(hart.save().x()).as("interrupted before %d", boundary).isEqualTo(undisturbed);
      assertThat(hart.readControl(0x140)).isEqualTo(1);
    }
  }

  /** The interrupts come from another thread, at whatever moment. */
  @Test
  void aRunningLoopIsInterrupted() throws InterruptedException {
    machine.code(
        BASE,
        """
        loop: csrrs t1, 0x140, zero
              li    t2, 50
              bltu  t1, t2, loop
              ecall
        """);
    machine.code(TRAP_HANDLER, HANDLER);
    prepare();
    Thread runner = Thread.ofPlatform().daemon().start(hart::run);
    while (runner.isAlive()) {
      hart.setSoftwareInterrupt(true);
      runner.join(1);
    }
    assertThat(hart.readControl(0x140)).isGreaterThanOrEqualTo(50);
  }

  @Test
  void anEndlessLoopLeavesOnRequest() throws InterruptedException {
    machine.code(BASE, "loop: addi a0, a0, 1\nj loop");
    prepare();
    for (int i = 0; i < 20; i++) {
      Thread runner = Thread.ofPlatform().daemon().start(hart::run);
      hart.requestExit();
      runner.join(60_000);
      assertThat(runner.isAlive()).isFalse();
    }
  }

  /** A guest without a trap handler traps for ever, and never takes a branch. */
  @Test
  void trapLoopsLeaveOnRequest() throws InterruptedException {
    machine.code(BASE, "ebreak");
    hart.writeControl(TestMachine.STVEC, BASE);
    hart.setPc(BASE);
    Thread runner = Thread.ofPlatform().daemon().start(hart::run);
    hart.requestExit();
    runner.join(60_000);
    assertThat(runner.isAlive()).isFalse();
  }

  @Test
  void wfiWaitsForTheTimerEvenWithInterruptsOff() throws InterruptedException {
    machine.code(BASE, "wfi\ncsrrs a0, 0xc01, zero\necall");
    hart.writeControl(SIE, 1 << 5);
    hart.writeControl(SSTATUS, 0);
    hart.writeControl(STIMECMP, 1000);
    hart.setPc(BASE);
    Thread runner = Thread.ofPlatform().daemon().start(hart::run);
    while (runner.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    machine.clock.moveTo(999);
    machine.clock.moveTo(1000);
    runner.join(60_000);
    assertThat(runner.isAlive()).isFalse();
    assertThat(hart.x(10)).isEqualTo(1000);
    assertThat(hart.readControl(SIP)).isEqualTo(1 << 5);
    hart.writeControl(STIMECMP, 2000);
    assertThat(hart.readControl(SIP)).isZero();
  }

  @Test
  void wfiIsLeftByAnyLineThatIsEnabled() throws InterruptedException {
    machine.code(BASE, "wfi\necall");
    hart.writeControl(SIE, 1 << 9);
    hart.setPc(BASE);
    hart.setSoftwareInterrupt(true); // not enabled: no reason to wake
    Thread runner = Thread.ofPlatform().daemon().start(hart::run);
    while (runner.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    hart.setExternalInterrupt(true);
    runner.join(60_000);
    assertThat(runner.isAlive()).isFalse();
  }

  @Test
  void aWaitingHartExitsAndWaitsAgain() throws InterruptedException {
    machine.code(BASE, "wfi\necall");
    hart.writeControl(SIE, 1 << 9);
    hart.setPc(BASE);
    for (int i = 0; i < 10; i++) {
      Thread runner = Thread.ofPlatform().daemon().start(hart::run);
      hart.requestExit();
      runner.join(60_000);
      assertThat(runner.isAlive()).isFalse();
    }
    assertThat(hart.pc()).isLessThanOrEqualTo(BASE + 4);
    hart.setExternalInterrupt(true);
    hart.run();
    assertThat(hart.pc()).isEqualTo(BASE + 8);
  }
}
