package org.javisor.riscv.hart;

import org.javisor.machine.SavedState;
import org.javisor.machine.StateVersion;

/**
 * Everything architectural about a hart. A reservation is not in it: a store-conditional after a
 * restore fails, as it may.
 *
 * @param life where it is in its life
 * @param privilege 0 for user, 1 for supervisor
 * @param pc address of the next instruction
 * @param retired instructions retired since reset
 * @param cycles the cycle counter
 * @param retiredInstructions the instret counter
 * @param x the 32 integer registers
 * @param f the 32 floating-point registers' bits, single precision NaN-boxed
 * @param control the control and status registers
 */
@SuppressWarnings("ArrayRecordComponent") // wire form: copied in and out, never shared
@StateVersion(1)
public record HartState(
    Life life,
    int privilege,
    long pc,
    long retired,
    long cycles,
    long retiredInstructions,
    long[] x,
    long[] f,
    Control control)
    implements SavedState {

  /**
   * Where a hart is in its life.
   *
   * @param status started, stopped and so on
   * @param startAddress where it begins when its start is pending, or after a suspension that does
   *     not keep its state
   * @param startArgument x11 then
   * @param resumesAtStart whether the suspension it is in ends with a start
   */
  @StateVersion(1)
  public record Life(
      HartStatus status, long startAddress, long startArgument, boolean resumesAtStart)
      implements SavedState {}

  /** The control and status registers by their architectural names; fcsr holds frm and fflags. */
  @StateVersion(1)
  public record Control(
      long sstatus,
      long sie,
      long sip,
      long stvec,
      long scounteren,
      long senvcfg,
      long sscratch,
      long sepc,
      long scause,
      long stval,
      long satp,
      long stimecmp,
      int fcsr)
      implements SavedState {}
}
