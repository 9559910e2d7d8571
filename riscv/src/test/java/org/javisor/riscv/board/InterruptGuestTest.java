package org.javisor.riscv.board;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Interrupts as guest programs see them, from the device to the trap handler. */
class InterruptGuestTest {
  /** Waits for a timer interrupt 1 ms away that SETTER sets, then switches off. */
  private static final String TIMER =
      """
              la   t0, trap
              csrw stvec, t0
              csrr s0, time
              li   t0, 10000
              add  s0, s0, t0
              SETTER
              li   t0, 0x20               # STIE
              csrw sie, t0
              li   t0, 2                  # SIE
              csrs sstatus, t0
      wait:   wfi
              j    wait
              .align 2
      trap:   csrr t0, scause
              li   t1, 0x8000000000000005
              bne  t0, t1, fail
              csrr t0, time
              bltu t0, s0, fail           # too early
              li   a0, 0x54
              call put
              CLEARER
              csrr t0, sip
              andi t0, t0, 0x20
              bnez t0, fail
              j    off
      """;

  @Test
  void timerBySstc() throws Exception {
    String program =
        TIMER
            .replace("SETTER", "csrw stimecmp, s0")
            .replace("CLEARER", "li t0, -1\ncsrw stimecmp, t0");
    try (GuestMachine guest = new GuestMachine(1, program).start()) {
      assertThat(guest.finish()).isEqualTo("T");
    }
  }

  @Test
  void timerBySbi() throws Exception {
    String set = "mv a0, s0\nli a7, 0x54494d45\nli a6, 0\necall\nbnez a0, fail";
    String clear = "li a0, -1\nli a7, 0x54494d45\nli a6, 0\necall\nbnez a0, fail";
    try (GuestMachine guest =
        new GuestMachine(1, TIMER.replace("SETTER", set).replace("CLEARER", clear)).start()) {
      assertThat(guest.finish()).isEqualTo("T");
    }
  }

  @Test
  void serialPortEchoesByInterrupt() throws Exception {
    try (GuestMachine guest =
        new GuestMachine(
                1,
                """
                la   t0, trap
                csrw stvec, t0
                li   s0, 0x10000000         # UART
                li   s1, 0xc000000          # PLIC
                li   s2, 0xc200004
                li   t0, 1
                sw   t0, 4(s1)              # priority of source 1
                li   t1, 0xc002000
                li   t0, 2
                sw   t0, 0(t1)              # enabled for context 0
                sw   zero, -4(s2)           # threshold
                li   t0, 0x01
                sb   t0, 2(s0)              # FIFOs on, trigger at 1
                sb   t0, 1(s0)              # interrupt on received data
                li   t0, 0x200              # SEIE
                csrw sie, t0
                li   t0, 2
                csrs sstatus, t0
                li   t0, 0x3e               # '>': ready
                sb   t0, 0(s0)
        wait:   wfi
                j    wait
                .align 2
        trap:   csrr t0, scause
                li   t1, 0x8000000000000009
                bne  t0, t1, fail
                lw   s3, 0(s2)              # claim
                li   t0, 1
                bne  s3, t0, spurious
        more:   lbu  t0, 5(s0)
                andi t0, t0, 1
                beqz t0, done
                lbu  t1, 0(s0)
                li   t0, 0x71               # 'q'
                beq  t1, t0, off
                sb   t1, 0(s0)
                j    more
        done:   sw   s3, 0(s2)
                sret
        spurious: bnez s3, fail
                sret""")
            .start()) {
      guest.awaitOutput(">");
      guest.type("echo this, ");
      guest.awaitOutput(">echo this, ");
      guest.type("and this.");
      guest.awaitOutput(">echo this, and this.");
      guest.type("q");
      assertThat(guest.finish()).isEqualTo(">echo this, and this.");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5})
  void everyHartGetsItsInterrupts(int harts) throws Exception {
    String program =
        """
                li   s0, 1                  # start the others; they sleep
        next:   mv   a0, s0
                la   a1, other
                li   a2, 0
                li   a7, 0x48534d
                li   a6, 0
                ecall
                bnez a0, fail
                addi s0, s0, 1
                li   t0, HARTS
                bne  s0, t0, next
                la   s1, ready
        wait:   ld   t0, 0(s1)
                li   t1, OTHERS
                bne  t0, t1, wait
                li   s3, 100                # rounds
        round:  la   s1, woken
                sd   zero, 0(s1)
                fence
                li   a0, MASK
                li   a1, 0
                li   a7, 0x735049
                li   a6, 0
                ecall
                bnez a0, fail
        count:  ld   t0, 0(s1)
                li   t1, OTHERS
                bne  t0, t1, count
                addi s3, s3, -1
                bnez s3, round
                j    off

        other:  la   t0, trap
                csrw stvec, t0
                li   t0, 2
                csrw sie, t0                # SSIE
                la   t0, ready
                li   t1, 1
                amoadd.d zero, t1, (t0)
                li   t0, 2
                csrs sstatus, t0
        sleep:  wfi
                j    sleep
                .align 2
        trap:   csrr t0, scause
                li   t1, 0x8000000000000001
                bne  t0, t1, fail
                li   t0, 2
                csrc sip, t0
                la   t0, woken
                li   t1, 1
                amoadd.d zero, t1, (t0)
                sret
                .align 3
        ready:  .dword 0
        woken:  .dword 0
        """
            .replace("HARTS", Integer.toString(harts))
            .replace("OTHERS", Integer.toString(harts - 1))
            .replace("MASK", Integer.toString((1 << harts) - 2));
    try (GuestMachine guest = new GuestMachine(harts, program).start()) {
      guest.finish();
    }
  }

  /** A suspension that keeps the hart's state, then one that does not, each ended by the timer. */
  @Test
  void suspendedHartWakesByTimer() throws Exception {
    String program =
        """
                li   t0, 0x20               # STIE; interrupts stay off as a whole
                csrw sie, t0
                li   s5, 77
                call soon
                li   a0, 0
                li   a7, 0x48534d
                li   a6, 3
                ecall
                bnez a0, fail
                li   t0, 77
                bne  s5, t0, fail
                li   a0, 0x31
                call put
                call soon
                li   a0, 0x80000000
                la   a1, resume
                li   a2, 55
                li   a7, 0x48534d
                li   a6, 3
                ecall
                j    fail
        resume: bnez a0, fail
                li   t0, 55
                bne  a1, t0, fail
                li   a0, 0x32
                call put
                call soon
                li   a0, 0                  # the whole system
                la   a1, again
                li   a2, 66
                li   a7, 0x53555350
                li   a6, 0
                ecall
                j    fail
        again:  li   t0, 66
                bne  a1, t0, fail
                li   a0, 0x33
                call put
                j    off
        soon:   csrr t0, time
                li   t1, 5000
                add  t0, t0, t1
                csrw stimecmp, t0
                ret
        """;
    try (GuestMachine guest = new GuestMachine(2, program).start()) {
      assertThat(guest.finish()).isEqualTo("123");
    }
  }
}
