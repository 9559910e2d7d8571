package org.javisor.riscv.board;

import static org.assertj.core.api.Assertions.assertThat;

import org.javisor.machine.StopReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The supervisor binary interface as guest programs see it. */
class SbiGuestTest {
  @Test
  void entryIsAsLinuxWantsIt() throws Exception {
    try (GuestMachine guest =
        new GuestMachine(
                2,
                """
                bnez a0, fail               # hart id
                lwu  t0, 0(a1)              # device tree
                li   t1, 0xedfe0dd0
                bne  t0, t1, fail
                andi t0, a1, 7
                bnez t0, fail
                csrr t0, satp
                bnez t0, fail
                csrr t0, sstatus
                andi t0, t0, 2
                bnez t0, fail
                j    off
                """)
            .start()) {
      assertThat(guest.finish()).isEmpty();
    }
  }

  @Test
  void debugConsoleWritesABuffer() throws Exception {
    try (GuestMachine guest =
        new GuestMachine(
                1,
                """
                li a0, 8
                la a1, text
                li a2, 0
                li a7, 0x4442434e
                li a6, 0
                ecall
                bnez a0, fail
                li t0, 8
                bne a1, t0, fail
                j off
                .align 3
                text: .dword 0x0a216f6c6c6548
                """)
            .start()) {
      assertThat(guest.finish()).isEqualTo("Hello!\n\0");
    }
  }

  @Test
  void callPreservesAllRegistersButTwo() throws Exception {
    StringBuilder program = new StringBuilder();
    for (int register = 1; register < 32; register++) {
      if (register != 16 && register != 17) {
        program.append("li x%d, %d\n".formatted(register, 1000 + register));
      }
    }
    program.append("li a7, 0x10\nli a6, 0\necall\n");
    program.append("bnez a0, bad\n");
    for (int register = 1; register < 32; register++) {
      if (register < 10 || register > 17) {
        program.append("addi x%d, x%d, -%d\n".formatted(register, register, 1000 + register));
        program.append("bnez x%d, bad\n".formatted(register));
      }
    }
    for (int register = 12; register < 16; register++) {
      program.append("addi x%d, x%d, -%d\n".formatted(register, register, 1000 + register));
      program.append("bnez x%d, bad\n".formatted(register));
    }
    program.append("li t0, 0x10\nbne a7, t0, bad\nbnez a6, bad\n");
    program.append("li t0, 0x2000000\nbne a1, t0, bad\nj off\nbad: j fail\n");
    try (GuestMachine guest = new GuestMachine(1, program.toString()).start()) {
      guest.finish();
    }
  }

  @Test
  void failureIsReported() throws Exception {
    try (GuestMachine guest = new GuestMachine(1, "j fail\n").start()) {
      assertThat(guest.awaitStop()).isInstanceOf(StopReason.GuestFailed.class);
    }
  }

  @Test
  void nothingRunsAfterPowerOff() throws Exception {
    try (GuestMachine guest =
        new GuestMachine(
                1,
                """
                li a0, 0
                li a1, 0
                li a7, 0x53525354
                li a6, 0
                ecall
                li a0, 0x58
                call put
                li a0, 0x58
                call put
                """)
            .start()) {
      assertThat(guest.finish()).isEmpty();
    }
  }

  /** Hart 0 starts each other hart, which reports and stops, twice over. */
  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8})
  void hartsStartReportAndStop(int harts) throws Exception {
    String program =
        """
                li   s2, 2                  # rounds
        round:  li   s0, 1
        next:   mv   a0, s0
                la   a1, other
                addi a2, s0, 0x41           # opaque: the letter to write
                li   a7, 0x48534d
                li   a6, 0
                ecall
                bnez a0, fail
        wait:   mv   a0, s0                 # until it is stopped again
                li   a7, 0x48534d
                li   a6, 2
                ecall
                bnez a0, fail
                li   t0, 1
                bne  a1, t0, wait
                addi s0, s0, 1
                li   t0, HARTS
                bne  s0, t0, next
                addi s2, s2, -1
                bnez s2, round
                j    off
        other:  csrr t0, satp
                bnez t0, fail
                mv   a0, a1
                call put
                li   a7, 0x48534d
                li   a6, 1
                ecall
                j    fail
        """
            .replace("HARTS", Integer.toString(harts));
    try (GuestMachine guest = new GuestMachine(harts, program).start()) {
      assertThat(guest.finish()).isEqualTo("BCDEFGHI".substring(0, harts - 1).repeat(2));
    }
  }

  @Test
  void cyclesAreCountedBetweenStartAndStop() throws Exception {
    try (GuestMachine guest =
        new GuestMachine(
                1,
                """
                li a0, 0                    # configure counter 2 for instructions
                li a1, 4
                li a2, 0
                li a3, 2
                li a4, 0
                li a7, 0x504d55
                li a6, 2
                ecall
                bnez a0, fail
                li t0, 2
                bne a1, t0, fail
                li a0, 2                    # start it at 1000
                li a1, 1
                li a2, 1
                li a3, 1000
                li a6, 3
                ecall
                bnez a0, fail
                csrr s0, instret
                li t0, 100
        loop:   addi t0, t0, -1
                bnez t0, loop
                csrr s1, instret
                li t0, 1000
                bltu s0, t0, fail
                li t0, 1100
                bgeu s0, t0, fail
                sub s1, s1, s0
                li t0, 202
                bltu s1, t0, fail
                li t0, 210
                bgeu s1, t0, fail
                j off""")
            .start()) {
      guest.finish();
    }
  }
}
