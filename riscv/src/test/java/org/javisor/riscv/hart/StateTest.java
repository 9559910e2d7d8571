package org.javisor.riscv.hart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.javisor.riscv.hart.TestMachine.BASE;
import static org.javisor.riscv.hart.TestMachine.DATA;

import org.javisor.machine.SavedStateException;
import org.javisor.riscv.isa.Assembler;
import org.junit.jupiter.api.Test;

/** A hart's saved state. */
class StateTest {
  private static final String PROGRAM =
      """
            li   s0, 40
            csrrwi zero, 0x002, 2
      loop: mul  s1, s1, s0
            addi s1, s1, 7
            fcvt.d.l fa0, s1
            fdiv.d fa1, fa0, fa1
            fmv.x.d s2, fa1
            sd   s2, 0(sp)
            csrrw s3, 0x140, s1
            addi s0, s0, -1
            bnez s0, loop
      end:  ecall
      """;

  private static void begin(TestMachine machine) {
    machine.hart.writeControl(TestMachine.SSTATUS, TestMachine.STATUS_FS_INITIAL);
    machine.hart.writeControl(TestMachine.SIE, 0x222);
    machine.hart.setX(2, DATA);
    machine.hart.setPc(BASE);
  }

  @Test
  void aProgramGoesOnInAnotherHartAtAnyPoint() {
    try (TestMachine one = new TestMachine();
        TestMachine other = new TestMachine()) {
      long end = one.code(BASE, PROGRAM).address("end");
      other.code(BASE, PROGRAM);
      begin(one);
      one.stepTo(end);
      HartState wanted = one.hart.save();
      begin(other);
      other.hart.setCycles(one.hart.cycles() - other.hart.retired());
      for (int steps = 0; steps < 100; steps += 7) {
        one.hart.reset();
        one.hart.start(BASE, 0);
        one.code(BASE + 0x4000, "nop");
        begin(one);
        one.hart.step();
        for (int i = 0; i < steps; i++) {
          one.hart.step();
        }
        HartState state = one.hart.save();
        other.hart.restore(state);
        assertThat(other.hart.save()).usingRecursiveComparison().isEqualTo(state);
        other.stepTo(end);
        one.stepTo(end);
        assertThat(other.hart.save()).usingRecursiveComparison().isEqualTo(one.hart.save());
      }
      assertThat(wanted.x()[9]).isEqualTo(other.hart.x(9));
    }
  }

  @Test
  void userModeAndTranslationAreRestored() {
    try (TestMachine machine = new TestMachine()) {
      PageTables tables = new PageTables(machine.memory, 3, TestMachine.TABLES);
      tables.map(0x40_0000, BASE + 0x2000, PageTables.RWX | PageTables.U);
      tables.map(BASE, BASE, PageTables.RWX, 1);
      Assembler code = machine.code(BASE + 0x2000, "addi a0, a0, 1\naddi a0, a0, 1\n");
      machine.hart.writeControl(TestMachine.SATP, tables.satp(3));
      machine.hart.setX(10, 0);
      machine.enterUser(0x40_0000);
      machine.hart.step();
      HartState state = machine.hart.save();
      machine.hart.reset();
      machine.hart.restore(state);
      machine.hart.step();
      assertThat(machine.hart.x(10)).isEqualTo(2);
      assertThat(machine.hart.privilege()).isEqualTo(Hart.USER);
      assertThat(machine.hart.save().control().satp()).isEqualTo(tables.satp(3));
      assertThat(code.bytes()).hasSize(8);
    }
  }

  @Test
  void registersOutOfRangeAreRefused() {
    try (TestMachine machine = new TestMachine()) {
      HartState good = machine.hart.save();
      HartState bad =
          new HartState(good.life(), 3, good.pc(), 0, 0, 0, good.x(), good.f(), good.control());
      assertThatThrownBy(() -> machine.hart.restore(bad)).isInstanceOf(SavedStateException.class);
    }
  }
}
