package org.javisor.riscv.semantics;

import org.javisor.machine.RawMemory;
import org.javisor.riscv.hart.Cause;
import org.javisor.riscv.hart.Hart;

/**
 * The meanings of fences, traps and accesses to control and status registers (volume I, sections
 * 2.7, 2.8, Zifencei and Zicsr; volume II, supervisor instructions).
 *
 * <p>They are called with the hart's pc at the instruction and its next pc after it, take their
 * operands out of the decoded instruction (its layout is that of {@code isa.Decoded}), and may
 * change the next pc.
 */
public final class SystemSemantics {
  private SystemSemantics() {}

  private static int slot(long decoded) {
    return (int) decoded >>> 10 & 63;
  }

  private static int rs1(long decoded) {
    return (int) decoded >>> 16 & 31;
  }

  private static int rs2(long decoded) {
    return (int) decoded >>> 21 & 31;
  }

  private static int number(long decoded) {
    return (int) (decoded >>> 32) & 0xfff;
  }

  /** Every fence is a full one: weaker ones cost the same on the hosts we know. */
  public static void fence(Hart h, long decoded) {
    RawMemory.fullFence();
  }

  public static void fence_i(Hart h, long decoded) {
    h.instructionFence();
  }

  public static void ecall(Hart h, long decoded) {
    h.environmentCall();
  }

  public static void ebreak(Hart h, long decoded) {
    h.enterTrap(Cause.BREAKPOINT, h.pc());
  }

  public static void sret(Hart h, long decoded) {
    h.returnFromTrap();
  }

  public static void wfi(Hart h, long decoded) {
    h.waitForInterrupt();
  }

  public static void sfence_vma(Hart h, long decoded) {
    int rs1 = rs1(decoded);
    int rs2 = rs2(decoded);
    h.translationFence(rs1 == 0, h.x(rs1), rs2 == 0, (int) h.x(rs2));
  }

  public static void csrrw(Hart h, long decoded) {
    exchange(h, decoded, h.x(rs1(decoded)));
  }

  public static void csrrwi(Hart h, long decoded) {
    exchange(h, decoded, rs1(decoded));
  }

  public static void csrrs(Hart h, long decoded) {
    change(h, decoded, h.x(rs1(decoded)), 0);
  }

  public static void csrrsi(Hart h, long decoded) {
    change(h, decoded, rs1(decoded), 0);
  }

  public static void csrrc(Hart h, long decoded) {
    change(h, decoded, 0, h.x(rs1(decoded)));
  }

  public static void csrrci(Hart h, long decoded) {
    change(h, decoded, 0, rs1(decoded));
  }

  /** Without a destination the register is not read, whatever reading it might do. */
  private static void exchange(Hart h, long decoded, long value) {
    int number = number(decoded);
    int slot = slot(decoded);
    long old = slot == Hart.SINK ? 0 : h.readControl(number);
    h.writeControl(number, value);
    h.setX(slot, old);
  }

  /** With x0, or the immediate 0, as the operand the register is not written. */
  private static void change(Hart h, long decoded, long set, long clear) {
    int number = number(decoded);
    long old = h.readControl(number);
    if (rs1(decoded) != 0) {
      h.changeControl(number, old, set, clear);
    }
    h.setX(slot(decoded), old);
  }
}
