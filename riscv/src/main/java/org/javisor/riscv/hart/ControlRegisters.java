package org.javisor.riscv.hart;

import org.javisor.riscv.fp.FloatEnvironment;

/**
 * The control and status registers of a hart with S and U mode (volume II, chapter
 * "Supervisor-Level ISA"; volume I, Zicntr and F). Fields that accept only some values keep a legal
 * one.
 */
final class ControlRegisters {
  static final int FLOAT_OFF = 0;
  static final int FLOAT_DIRTY = 3;

  private static final int FFLAGS = 0x001;
  private static final int FRM = 0x002;
  private static final int FCSR = 0x003;
  private static final int SSTATUS = 0x100;
  private static final int SIE = 0x104;
  private static final int STVEC = 0x105;
  private static final int SCOUNTEREN = 0x106;
  private static final int SENVCFG = 0x10a;
  private static final int SSCRATCH = 0x140;
  private static final int SEPC = 0x141;
  private static final int SCAUSE = 0x142;
  private static final int STVAL = 0x143;
  private static final int SIP = 0x144;
  private static final int STIMECMP = 0x14d;
  private static final int SATP = 0x180;
  private static final int CYCLE = 0xc00;
  private static final int TIME = 0xc01;
  private static final int INSTRET = 0xc02;
  private static final int LAST_COUNTER = 0xc1f;

  private static final long STATUS_SIE = 1L << 1;
  private static final long STATUS_SPIE = 1L << 5;
  private static final long STATUS_SPP = 1L << 8;
  private static final int STATUS_FS_SHIFT = 13;
  private static final long STATUS_SUM = 1L << 18;
  private static final long STATUS_MXR = 1L << 19;
  private static final long STATUS_UXL_64 = 2L << 32;
  private static final long STATUS_SD = 1L << 63;

  /** What sstatus keeps here; FS is kept apart, since floating-point instructions look at it. */
  private static final long STATUS_KEPT =
      STATUS_SIE | STATUS_SPIE | STATUS_SPP | STATUS_SUM | STATUS_MXR;

  private final Hart hart;
  private final FloatEnvironment floats;
  private final Interrupts interrupts;

  private long status;
  private int floatStatus;
  private long trapVector;
  private long counterEnable;
  private long environment;
  private long scratch;
  private long exceptionPc;
  private long cause;
  private long trapValue;
  private long satp;

  ControlRegisters(Hart hart, FloatEnvironment floats, Interrupts interrupts) {
    this.hart = hart;
    this.floats = floats;
    this.interrupts = interrupts;
  }

  void reset() {
    status = 0;
    floatStatus = FLOAT_OFF;
    trapVector = 0;
    counterEnable = 0;
    environment = 0;
    scratch = 0;
    exceptionPc = 0;
    cause = 0;
    trapValue = 0;
    satp = 0;
    floats.roundingMode = 0;
    floats.flags = 0;
  }

  long satp() {
    return satp;
  }

  boolean sum() {
    return (status & STATUS_SUM) != 0;
  }

  boolean mxr() {
    return (status & STATUS_MXR) != 0;
  }

  boolean interruptsEnabled() {
    return (status & STATUS_SIE) != 0;
  }

  int floatStatus() {
    return floatStatus;
  }

  /** Some floating-point register or flag may have been written. */
  void dirtyFloats() {
    floatStatus = FLOAT_DIRTY;
  }

  /** The state a hart is started in: no translation, interrupts off. */
  void start() {
    status &= ~STATUS_SIE;
    satp = 0;
  }

  /** Records a trap taken in a privilege mode, and returns the address of its handler. */
  long enterTrap(long newCause, long value, long pc, int privilege) {
    cause = newCause;
    trapValue = value;
    exceptionPc = pc;
    long previous = (status & STATUS_SIE) != 0 ? STATUS_SPIE : 0;
    status = (status & ~(STATUS_SIE | STATUS_SPIE | STATUS_SPP)) | previous;
    if (privilege == Hart.SUPERVISOR) {
      status |= STATUS_SPP;
    }
    boolean vectored = (trapVector & 1) != 0 && newCause < 0;
    return (trapVector & -4) + (vectored ? (newCause & 63) * 4 : 0);
  }

  /** Undoes what a trap did to sstatus, and returns the privilege mode to go to. */
  int leaveTrap() {
    int privilege = (status & STATUS_SPP) != 0 ? Hart.SUPERVISOR : Hart.USER;
    long enable = (status & STATUS_SPIE) != 0 ? STATUS_SIE : 0;
    status = (status & ~(STATUS_SIE | STATUS_SPP)) | STATUS_SPIE | enable;
    return privilege;
  }

  long exceptionPc() {
    return exceptionPc;
  }

  /**
   * Reads a register.
   *
   * @throws Trap illegal instruction, if it does not exist or is not accessible
   */
  long read(int number) {
    requirePrivilege(number);
    return switch (number) {
      case FFLAGS -> {
        hart.requireFloats();
        yield floats.flags;
      }
      case FRM -> {
        hart.requireFloats();
        yield floats.roundingMode;
      }
      case FCSR -> {
        hart.requireFloats();
        yield (floats.roundingMode << 5) | floats.flags;
      }
      case SSTATUS -> status();
      case SIE -> interrupts.enabled();
      case STVEC -> trapVector;
      case SCOUNTEREN -> counterEnable;
      case SENVCFG -> environment;
      case SSCRATCH -> scratch;
      case SEPC -> exceptionPc;
      case SCAUSE -> cause;
      case STVAL -> trapValue;
      case SIP -> {
        interrupts.lookAtClock();
        yield interrupts.pending();
      }
      case STIMECMP -> interrupts.compare();
      case SATP -> satp;
      default -> counter(number);
    };
  }

  private long counter(int number) {
    if (number < CYCLE || number > LAST_COUNTER) {
      throw hart.illegalInstruction();
    }
    if (hart.privilege() == Hart.USER && (counterEnable >>> (number & 31) & 1) == 0) {
      throw hart.illegalInstruction();
    }
    return switch (number) {
      case CYCLE -> hart.cycles();
      case INSTRET -> hart.retiredInstructions();
      case TIME -> interrupts.time();
      default -> 0;
    };
  }

  private long status() {
    return status
        | (long) floatStatus << STATUS_FS_SHIFT
        | STATUS_UXL_64
        | (floatStatus == FLOAT_DIRTY ? STATUS_SD : 0);
  }

  /**
   * Writes a register.
   *
   * @throws Trap illegal instruction, if it does not exist, is read-only or not accessible
   */
  void write(int number, long value) {
    requirePrivilege(number);
    switch (number) {
      case FFLAGS -> writeFloats(floats.roundingMode, (int) value & 31);
      case FRM -> writeFloats((int) value & 7, floats.flags);
      case FCSR -> writeFloats((int) value >>> 5 & 7, (int) value & 31);
      case SSTATUS -> writeStatus(value);
      case SIE -> {
        interrupts.enable((int) value);
        hart.checkInterrupts();
      }
      case STVEC -> {
        // Modes 2 and 3 are reserved.
        if ((value & 2) == 0) {
          trapVector = value;
        }
      }
      case SCOUNTEREN -> counterEnable = value & 0xffff_ffffL;
      case SENVCFG -> environment = value & 1;
      case SSCRATCH -> scratch = value;
      case SEPC -> exceptionPc = value & -2;
      case SCAUSE -> cause = value;
      case STVAL -> trapValue = value;
      case SIP -> {
        interrupts.setLine(Interrupts.SOFTWARE, (value & Interrupts.SOFTWARE) != 0);
        hart.checkInterrupts();
      }
      case STIMECMP -> {
        interrupts.setCompare(value);
        hart.checkInterrupts();
      }
      case SATP -> writeSatp(value);
      default -> throw hart.illegalInstruction();
    }
  }

  /**
   * Sets and clears bits of a register that had a value when it was read. Bits of sip that are not
   * mentioned stay as they are by now: another hart may have sent an interrupt since.
   */
  void change(int number, long old, long set, long clear) {
    if (number != SIP) {
      write(number, (old | set) & ~clear);
    } else if (((set | clear) & Interrupts.SOFTWARE) != 0) {
      write(SIP, set);
    }
  }

  private void writeFloats(int roundingMode, int flags) {
    hart.requireFloats();
    floats.roundingMode = roundingMode;
    floats.flags = flags;
    dirtyFloats();
  }

  private void writeStatus(long value) {
    long old = status;
    status = value & STATUS_KEPT;
    floatStatus = (int) (value >>> STATUS_FS_SHIFT) & 3;
    if (((old ^ status) & STATUS_MXR) != 0) {
      hart.drainMailbox();
      hart.tlb().flush();
    }
    hart.accessModeChanged();
    hart.checkInterrupts();
  }

  private void writeSatp(long value) {
    int mode = (int) (value >>> PageWalker.SATP_MODE_SHIFT);
    if (mode == 0) {
      // Fields other than the mode have no meaning in Bare mode and stay zero.
      satp = 0;
    } else if (mode >= 8 && mode <= 10) {
      satp = value;
    } else {
      return;
    }
    hart.fenced();
    hart.drainMailbox();
    hart.tlb().select(satp);
    hart.accessModeChanged();
  }

  private void requirePrivilege(int number) {
    if ((number >>> 8 & 3) > hart.privilege()) {
      throw hart.illegalInstruction();
    }
  }

  /** Copies the registers into saved state. */
  HartState.Control save() {
    return new HartState.Control(
        status(),
        interrupts.enabled(),
        interrupts.pending(),
        trapVector,
        counterEnable,
        environment,
        scratch,
        exceptionPc,
        cause,
        trapValue,
        satp,
        interrupts.compare(),
        (floats.roundingMode << 5) | floats.flags);
  }

  /** Takes the registers from saved state, through the same legal values as the guest's writes. */
  void restore(HartState.Control state) {
    status = state.sstatus() & STATUS_KEPT;
    floatStatus = (int) (state.sstatus() >>> STATUS_FS_SHIFT) & 3;
    interrupts.enable((int) state.sie());
    interrupts.setLine(Interrupts.SOFTWARE, (state.sip() & Interrupts.SOFTWARE) != 0);
    interrupts.setLine(Interrupts.EXTERNAL, (state.sip() & Interrupts.EXTERNAL) != 0);
    write(STVEC, state.stvec());
    write(SCOUNTEREN, state.scounteren());
    write(SENVCFG, state.senvcfg());
    write(SEPC, state.sepc());
    scratch = state.sscratch();
    cause = state.scause();
    trapValue = state.stval();
    satp = 0;
    write(SATP, state.satp());
    interrupts.setCompare(state.stimecmp());
    floats.roundingMode = state.fcsr() >>> 5 & 7;
    floats.flags = state.fcsr() & 31;
  }
}
