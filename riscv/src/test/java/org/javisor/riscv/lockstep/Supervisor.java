package org.javisor.riscv.lockstep;

import java.util.SplittableRandom;
import org.javisor.machine.GuestMemory;
import org.javisor.riscv.isa.Assembler;

/**
 * What random programs run under: a trap handler that mends the page table or skips the
 * instruction, or does something else to the program behind its back, as a table of random bytes
 * says. So programs go on whatever they do, and what they do need not make sense.
 */
final class Supervisor {
  // Offsets in the save area; the first four are for registers.
  private static final int TABLE = 40;
  private static final int OTHER_TABLE = 48;
  private static final int SATP = 56;
  private static final int OTHER_SATP = 64;
  private static final int POLICIES = 256;
  private static final int POLICY_COUNT = 256;

  /**
   * In t1 the number of the trap, in t2 its random byte. A trap in here, which a program can bring
   * about by what it maps and unmaps, leads to further ones and nowhere; the turn ends anyway.
   */
  private static final String HANDLER =
      """
                csrrw sp, sscratch, sp
                sd   t0, 0(sp)
                sd   t1, 8(sp)
                sd   t2, 16(sp)
                sd   t3, 24(sp)
                ld   t1, 32(sp)
                addi t1, t1, 1
                sd   t1, 32(sp)
                andi t2, t1, 255
                add  t2, t2, sp
                lbu  t2, 256(t2)
                csrr t0, scause
                blt  t0, zero, interrupt
                andi t3, t1, 63
                beqz t3, begin
                li   t3, 12
                beq  t0, t3, pagefault
                li   t3, 13
                beq  t0, t3, pagefault
                li   t3, 15
                beq  t0, t3, pagefault
                li   t3, 8
                beq  t0, t3, service
                li   t3, 3
                beq  t0, t3, service
                li   t3, 1
                beq  t0, t3, begin
                li   t3, 2
                bne  t0, t3, skip
      # floating point on, and again, or on to the next instruction
                andi t3, t2, 3
                beqz t3, skip
                csrr t3, sstatus
                slli t3, t3, 49
                srli t3, t3, 62
                bnez t3, skip
                li   t3, 0x2000
                csrs sstatus, t3
                j    out
      # mends the entry of the page table, mostly, if it is one of the program's pages; never so
      # that a page can be both written and executed, for not all programs know of fence.i
      pagefault:
                csrr t0, stval
                srli t0, t0, 12
                addi t0, t0, -0x400
                li   t3, 0x108
                bgeu t0, t3, hopeless
                andi t3, t2, 7
                beqz t3, hopeless
                slli t1, t0, 3
                ld   t3, 40(sp)
                add  t3, t3, t1
                ld   t1, 0(t3)
                beqz t1, hopeless
                addi t0, t0, -0x100
                ori  t1, t1, 0xc3
                blt  t0, zero, code
                ori  t1, t1, 4
                j    mended
      code:     csrr t2, scause
                addi t2, t2, -15
                beqz t2, hopeless
                ori  t1, t1, 8
      mended:   sd   t1, 0(t3)
                csrr t0, stval
                sfence.vma t0, zero
                j    out
      hopeless: ld   t1, 32(sp)
                csrr t0, scause
                li   t3, 12
                beq  t0, t3, begin
      skip:     fence.i
                csrr t0, sepc
                li   t3, 0x40000
                csrs sstatus, t3
                lhu  t1, 0(t0)
                csrc sstatus, t3
                andi t1, t1, 3
                addi t1, t1, -3
                addi t0, t0, 2
                bnez t1, skipped
                addi t0, t0, 2
      skipped:  csrw sepc, t0
                j    out
      # goes on at one of the program's entries
      begin:    fence.i
                sd   zero, 8(sp)
                srli t1, t1, 2
                andi t1, t1, 7
                slli t1, t1, 6
                li   t0, 0x400000
                add  t0, t0, t1
                csrw sepc, t0
      out:      ld   t0, 0(sp)
                ld   t1, 8(sp)
                ld   t2, 16(sp)
                ld   t3, 24(sp)
                csrrw sp, sscratch, sp
                sret
      interrupt:
                slli t0, t0, 1
                addi t0, t0, -10
                beqz t0, timer
                csrrci zero, sip, 2
                j    out
      timer:    andi t3, t2, 31
                slli t3, t3, 4
                csrr t0, time
                add  t0, t0, t3
                addi t0, t0, 100
                csrw stimecmp, t0
                andi t3, t2, 96
                beqz t3, switch
                andi t3, t1, 15
                beqz t3, begin
                j    out
      # the program has asked for something
      service:  andi t3, t2, 15
                addi t3, t3, -1
                beqz t3, away
                addi t3, t3, -1
                beqz t3, fencei
                addi t3, t3, -1
                beqz t3, fencevma
                addi t3, t3, -1
                beqz t3, floats
                addi t3, t3, -1
                beqz t3, remap
                addi t3, t3, -1
                beqz t3, protect
                addi t3, t3, -1
                beqz t3, protect
                addi t3, t3, -1
                beqz t3, soft
                addi t3, t3, -1
                beqz t3, soon
                addi t3, t3, -1
                beqz t3, sum
                addi t3, t3, -1
                beqz t3, begin
                addi t3, t3, -1
                beqz t3, mxr
                j    skip
      fencei:   fence.i
                j    skip
      fencevma: sfence.vma zero, zero
                j    skip
      floats:   li   t0, 0x6000
                csrc sstatus, t0
                srli t0, t2, 4
                andi t0, t0, 3
                slli t0, t0, 13
                csrs sstatus, t0
                j    skip
      soft:     csrrsi zero, sip, 2
                j    skip
      soon:     csrr t0, time
                srli t3, t2, 2
                add  t0, t0, t3
                csrw stimecmp, t0
                j    skip
      sum:      li   t0, 0x40000
                csrs sstatus, t0
                j    skip
      mxr:      li   t0, 0x80000
                csrr t3, sstatus
                xor  t3, t3, t0
                csrw sstatus, t3
                j    skip
      # another page of code in the place of one
      remap:    srli t0, t2, 4
                andi t0, t0, 3
                slli t0, t0, 3
                ld   t1, 40(sp)
                ld   t3, 48(sp)
                add  t1, t1, t0
                add  t3, t3, t0
                slli t0, t0, 9
                ld   t2, 0(t1)
                sd   t2, 72(sp)
                ld   t2, 0(t3)
                sd   t2, 0(t1)
                ld   t2, 72(sp)
                sd   t2, 0(t3)
                li   t1, 0x400000
                add  t0, t0, t1
                sfence.vma t0, zero
                j    skip
      # a page of data becomes read-only, unknown, not accessed, or not dirty
      protect:  srli t0, t2, 4
                andi t0, t0, 7
                slli t0, t0, 3
                ld   t3, 40(sp)
                addi t3, t3, 0x400
                addi t3, t3, 0x400
                add  t3, t3, t0
                slli t0, t0, 9
                andi t1, t1, 3
                addi t1, t1, 13
                andi t1, t1, 15
                ld   t2, 0(t3)
                beqz t1, readonly
                andi t2, t2, -0xc2
                j    protected
      readonly: andi t2, t2, -5
      protected:
                sd   t2, 0(t3)
                li   t1, 0x500000
                add  t0, t0, t1
                sfence.vma t0, zero
                j    skip
      # the other address space, at the next instruction of this one
      away:     csrr t0, sepc
                addi t0, t0, 4
                csrw sepc, t0
      switch:   ld   t0, 40(sp)
                ld   t3, 48(sp)
                sd   t3, 40(sp)
                sd   t0, 48(sp)
                ld   t0, 56(sp)
                ld   t3, 64(sp)
                sd   t3, 56(sp)
                sd   t0, 64(sp)
                csrw satp, t3
                j    out
      """;

  private static final byte[] CODE = new Assembler(Layout.HANDLER).source(HANDLER).bytes();

  private Supervisor() {}

  /** Puts handler and save area into memory; the first address space is current. */
  static void install(
      GuestMemory memory, AddressSpace first, AddressSpace second, SplittableRandom random) {
    memory.write(Layout.HANDLER, CODE, 0, CODE.length);
    memory.putLong(Layout.SAVE_AREA + TABLE, first.programTable());
    memory.putLong(Layout.SAVE_AREA + OTHER_TABLE, second.programTable());
    memory.putLong(Layout.SAVE_AREA + SATP, first.satp());
    memory.putLong(Layout.SAVE_AREA + OTHER_SATP, second.satp());
    for (int i = 0; i < POLICY_COUNT; i++) {
      memory.putByte(Layout.SAVE_AREA + POLICIES + i, (byte) random.nextInt());
    }
  }
}
