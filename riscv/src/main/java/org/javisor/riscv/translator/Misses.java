package org.javisor.riscv.translator;

import org.javisor.riscv.hart.Hart;
import org.javisor.riscv.hart.Trap;
import org.javisor.riscv.isa.Decoded;
import org.javisor.riscv.isa.Instruction;
import org.javisor.riscv.semantics.MemorySemantics;

/** Loads and stores that a unit leaves because the soft TLB has no answer. */
public final class Misses {
  private Misses() {}

  /**
   * Carries one out; the registers are in the hart's register file.
   *
   * @param pc its virtual address
   * @return where the guest goes on
   */
  public static long carryOut(Hart hart, long pc, long decoded) {
    hart.setPc(pc);
    try {
      perform(hart, decoded);
    } catch (Trap raised) {
      hart.raise(raised);
      return hart.pc();
    }
    hart.retire(1);
    return pc + Decoded.length(decoded);
  }

  private static void perform(Hart hart, long decoded) {
    Instruction row = Decoded.instruction(decoded);
    long tlb = hart.tlbTable();
    long address = hart.x(Decoded.rs1(decoded)) + Decoded.immediate(decoded);
    int rd = Decoded.rd(decoded);
    int rs2 = Decoded.rs2(decoded);
    switch (row.shape()) {
      case FLOAD -> hart.useFloats();
      case FSTORE -> hart.requireFloats();
      default -> {}
    }
    switch (row) {
      case LB -> hart.setX(rd, MemorySemantics.lb(hart, tlb, address));
      case LBU -> hart.setX(rd, MemorySemantics.lbu(hart, tlb, address));
      case LH -> hart.setX(rd, MemorySemantics.lh(hart, tlb, address));
      case LHU -> hart.setX(rd, MemorySemantics.lhu(hart, tlb, address));
      case LW -> hart.setX(rd, MemorySemantics.lw(hart, tlb, address));
      case LWU -> hart.setX(rd, MemorySemantics.lwu(hart, tlb, address));
      case LD -> hart.setX(rd, MemorySemantics.ld(hart, tlb, address));
      case FLW -> hart.setF(rd, MemorySemantics.flw(hart, tlb, address));
      case FLD -> hart.setF(rd, MemorySemantics.fld(hart, tlb, address));
      case SB -> MemorySemantics.sb(hart, tlb, address, hart.x(rs2));
      case SH -> MemorySemantics.sh(hart, tlb, address, hart.x(rs2));
      case SW -> MemorySemantics.sw(hart, tlb, address, hart.x(rs2));
      case SD -> MemorySemantics.sd(hart, tlb, address, hart.x(rs2));
      case FSW -> MemorySemantics.fsw(hart, tlb, address, hart.f(rs2));
      case FSD -> MemorySemantics.fsd(hart, tlb, address, hart.f(rs2));
      default -> throw new IllegalArgumentException(row.name());
    }
  }
}
