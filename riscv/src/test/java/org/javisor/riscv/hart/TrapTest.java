package org.javisor.riscv.hart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.javisor.riscv.hart.TestMachine.BASE;
import static org.javisor.riscv.hart.TestMachine.SCAUSE;
import static org.javisor.riscv.hart.TestMachine.SEPC;
import static org.javisor.riscv.hart.TestMachine.SIE;
import static org.javisor.riscv.hart.TestMachine.SIP;
import static org.javisor.riscv.hart.TestMachine.SSTATUS;
import static org.javisor.riscv.hart.TestMachine.STATUS_FS_INITIAL;
import static org.javisor.riscv.hart.TestMachine.STATUS_SIE;
import static org.javisor.riscv.hart.TestMachine.STATUS_SPIE;
import static org.javisor.riscv.hart.TestMachine.STATUS_SPP;
import static org.javisor.riscv.hart.TestMachine.STIMECMP;
import static org.javisor.riscv.hart.TestMachine.STVEC;
import static org.javisor.riscv.hart.TestMachine.TRAP_HANDLER;

import org.javisor.riscv.isa.Assembler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Traps, privilege modes, control and status registers. */
class TrapTest {
  private static final long HERE = BASE + 0x1000;
  private static final long STATUS_ALWAYS = 2L << 32;

  private final TestMachine machine = new TestMachine();
  private final Hart hart = machine.hart;

  @AfterEach
  void close() {
    machine.close();
  }

  private String run(String instruction) {
    machine.execute(instruction);
    return machine.trap();
  }

  /** Executes in U-mode and comes back to S-mode. */
  private String user(String instruction) {
    machine.code(HERE, instruction);
    machine.enterUser(HERE);
    hart.step();
    String trap = hart.privilege() == Hart.SUPERVISOR ? machine.trap() : "none";
    if (hart.privilege() == Hart.USER) {
      hart.enterTrap(8, 0);
    }
    return trap;
  }

  private static String word(String instruction) {
    byte[] bytes = new Assembler(HERE).source(instruction).bytes();
    int word = 0;
    for (int i = 3; i >= 0; i--) {
      word = word << 8 | bytes[i] & 0xff;
    }
    return Integer.toHexString(word);
  }

  @Test
  void illegalInstructionsShowTheirBits() {
    assertThat(run(".word 0xffffffff")).isEqualTo("2 ffffffff");
    assertThat(run(".word 0x9000ffff")).isEqualTo("2 9000ffff");
    assertThat(run(".half 0")).isEqualTo("2 0");
    assertThat(run(".half 0x8000")).isEqualTo("2 8000");
    assertThat(hart.readControl(SEPC)).isEqualTo(HERE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "csrrw a0, 0x300, a1", // mstatus
        "csrrs a0, 0x5c0, zero", // does not exist
        "csrrs a0, 0xf14, zero", // mhartid
        "csrrw a0, 0xc00, zero", // read-only
        "csrrs a0, 0xc01, a1",
        "csrrs a0, 0x001, zero", // floating point is off
        "fadd.d fa0, fa0, fa0",
        "fld fa0, 0(sp)",
        "fsd fa0, 0(sp)",
        "fmv.x.d a0, fa0"
      })
  void illegalInSupervisorMode(String instruction) {
    assertThat(run(instruction)).isEqualTo("2 " + word(instruction));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sret",
        "wfi",
        "sfence.vma zero, zero",
        "csrrs a0, 0x100, zero",
        "csrrw zero, 0x140, a0",
        "csrrs a0, 0xc00, zero",
        "csrrs a0, 0xc01, zero",
        "csrrs a0, 0xc02, zero",
        "csrrs a0, 0xc03, zero"
      })
  void illegalInUserMode(String instruction) {
    assertThat(user(instruction)).isEqualTo("2 " + word(instruction));
  }

  @Test
  void countersAreOpenedToUsersOneByOne() {
    machine.clock.moveTo(1234);
    hart.writeControl(0x106, 1 << 1);
    assertThat(user("csrrs a0, 0xc01, zero")).isEqualTo("none");
    assertThat(hart.x(10)).isEqualTo(1234);
    assertThat(user("csrrs a0, 0xc02, zero")).startsWith("2 ");
    hart.writeControl(0x106, -1);
    assertThat(hart.readControl(0x106)).isEqualTo(0xffff_ffffL);
    assertThat(user("csrrs a0, 0xc1f, zero")).isEqualTo("none");
    assertThat(hart.x(10)).isZero();
  }

  @Test
  void instretCountsEveryInstructionOnce() {
    machine.code(
        HERE,
        """
            csrrs a0, 0xc02, zero
            addi  a1, a1, 1
            j     next
            addi  a1, a1, 1
        next: csrrs a2, 0xc02, zero
            ecall
        """);
    machine.run(hart, HERE);
    assertThat(hart.x(12) - hart.x(10)).isEqualTo(3);
    long before = hart.retired();
    hart.setPc(HERE);
    hart.step();
    hart.step();
    assertThat(hart.retired() - before).isEqualTo(2);
  }

  @Test
  void aTrapSavesAndSretRestoresTheMode() {
    hart.writeControl(SSTATUS, STATUS_SIE);
    assertThat(run("ebreak")).isEqualTo("3 80001000");
    assertThat(hart.readControl(SSTATUS)).isEqualTo(STATUS_ALWAYS | STATUS_SPP | STATUS_SPIE);
    // A nested trap: interrupts were off, and that is what it restores.
    assertThat(run("ebreak")).isEqualTo("3 80001000");
    assertThat(hart.readControl(SSTATUS)).isEqualTo(STATUS_ALWAYS | STATUS_SPP);
    hart.writeControl(SEPC, BASE + 0x3001);
    run("sret");
    assertThat(hart.pc()).isEqualTo(BASE + 0x3000);
    assertThat(hart.readControl(SSTATUS)).isEqualTo(STATUS_ALWAYS | STATUS_SPIE);
    hart.writeControl(SSTATUS, STATUS_SPIE);
    run("sret");
    assertThat(hart.privilege()).isEqualTo(Hart.USER);
    machine.code(HERE, "ecall");
    hart.setPc(HERE);
    hart.step();
    assertThat(machine.trap()).isEqualTo("8 0");
    assertThat(hart.readControl(SSTATUS)).isEqualTo(STATUS_ALWAYS | STATUS_SPIE);
  }

  @Test
  void aTrapEndsTheReservation() {
    hart.setX(10, TestMachine.DATA);
    hart.setX(11, 5);
    assertThat(run("lr.w a1, (a0)")).isEqualTo("none");
    run("sc.w a2, a3, (a0)");
    assertThat(hart.x(12)).isZero();
    run("lr.w a1, (a0)");
    run("ebreak");
    run("sc.w a2, a3, (a0)");
    assertThat(hart.x(12)).isEqualTo(1);
    run("lr.w a1, (a0)");
    run("sc.d a2, a3, (a0)");
    assertThat(hart.x(12)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"0x100,0x8000000a000de762", "0x104,0x222", "0x144,0x2", "0x10a,1", "0x140,-1"})
  void registersKeepWhatIsLegal(String number, String kept) {
    int csr = Integer.decode(number);
    long legal = kept.equals("-1") ? -1 : Long.parseUnsignedLong(kept.replace("0x", ""), 16);
    hart.writeControl(csr, -1);
    long mask = csr == SSTATUS ? 0x8000_0002_000c_6122L : legal;
    assertThat(hart.readControl(csr)).isEqualTo(mask);
    hart.writeControl(csr, 0);
    assertThat(hart.readControl(csr)).isEqualTo(csr == SSTATUS ? STATUS_ALWAYS : 0);
  }

  @Test
  void trapVectorsAreDirectOrVectored() {
    hart.writeControl(STVEC, TRAP_HANDLER | 2);
    assertThat(hart.readControl(STVEC)).isEqualTo(TRAP_HANDLER);
    hart.writeControl(STVEC, TRAP_HANDLER | 1);
    assertThat(run("ebreak")).isEqualTo("3 80001000");
    hart.writeControl(SIE, -1);
    hart.writeControl(SSTATUS, STATUS_SIE);
    hart.setExternalInterrupt(true);
    // The nop is the first instruction of the vector's entry.
    machine.code(TRAP_HANDLER + 4 * 9, "nop");
    run("nop");
    assertThat(hart.pc()).isEqualTo(TRAP_HANDLER + 4 * 9 + 4);
    assertThat(hart.readControl(SCAUSE)).isEqualTo(Cause.INTERRUPT | 9);
  }

  @Test
  void interruptsGoByPriority() {
    machine.code(TRAP_HANDLER, "nop");
    hart.writeControl(SIE, -1);
    hart.setExternalInterrupt(true);
    hart.setSoftwareInterrupt(true);
    hart.writeControl(STIMECMP, 0);
    assertThat(hart.readControl(SIP)).isEqualTo(0x222);
    for (int code : new int[] {9, 1, 5}) {
      hart.writeControl(SSTATUS, STATUS_SIE);
      run("nop");
      assertThat(hart.readControl(SCAUSE)).isEqualTo(Cause.INTERRUPT | code);
      hart.writeControl(SIE, hart.readControl(SIE) & ~(1L << code));
    }
    hart.writeControl(SSTATUS, STATUS_SIE);
    run("nop");
    assertThat(hart.pc()).isEqualTo(HERE + 4);
  }

  @Test
  void userModeIsInterruptedWhateverSieSays() {
    machine.code(TRAP_HANDLER, "nop");
    machine.code(HERE, "nop");
    hart.writeControl(SIE, -1);
    hart.setSoftwareInterrupt(true);
    run("nop");
    assertThat(hart.pc()).isEqualTo(HERE + 4);
    machine.enterUser(HERE);
    hart.step();
    assertThat(hart.readControl(SCAUSE)).isEqualTo(Cause.INTERRUPT | 1);
    assertThat(hart.readControl(SEPC)).isEqualTo(HERE);
  }

  @Test
  void floatsAreOffInitialOrDirty() {
    hart.writeControl(SSTATUS, STATUS_FS_INITIAL);
    assertThat(run("fsd fa0, 0(sp)")).startsWith("7 ");
    hart.setX(10, TestMachine.DATA);
    hart.writeControl(SSTATUS, STATUS_FS_INITIAL);
    assertThat(run("fsd fa0, 0(a0)")).isEqualTo("none");
    assertThat(hart.readControl(SSTATUS)).isEqualTo(STATUS_ALWAYS | STATUS_FS_INITIAL);
    assertThat(run("fld fa0, 0(a0)")).isEqualTo("none");
    assertThat(hart.readControl(SSTATUS)).isEqualTo(1L << 63 | STATUS_ALWAYS | 3 << 13);
    assertThat(run("csrrwi zero, 0x002, 5")).isEqualTo("none");
    assertThat(run("fadd.d fa0, fa0, fa0")).startsWith("2 ");
    assertThat(run("fadd.d fa0, fa0, fa0, rtz")).isEqualTo("none");
    assertThat(run("csrrwi zero, 0x003, 31")).isEqualTo("none");
    assertThat(hart.readControl(1)).isEqualTo(31);
    assertThat(hart.readControl(2)).isZero();
  }

  @Test
  void writesToX0AreLost() {
    run("addi zero, zero, 5");
    run("add a0, zero, zero");
    assertThat(hart.x(10)).isZero();
    assertThat(hart.x(0)).isZero();
    run("csrrs zero, 0x100, zero");
    run("lui zero, 5");
    run("jal zero, 0x80001008");
    run("add a0, zero, zero");
    assertThat(hart.x(10)).isZero();
  }

  @Test
  void jumpsReadTheirRegisterBeforeTheyLink() {
    hart.setX(1, BASE + 0x2001);
    run("jalr ra, 2(ra)");
    assertThat(hart.pc()).isEqualTo(BASE + 0x2002);
    assertThat(hart.x(1)).isEqualTo(HERE + 4);
  }
}
