package org.javisor.riscv.hart;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.javisor.machine.AddressBus;
import org.javisor.machine.Clock;
import org.javisor.machine.GuestMemory;
import org.javisor.machine.RawMemory;
import org.javisor.machine.SavedStateException;
import org.javisor.machine.Snapshottable;
import org.javisor.machine.Vcpu;
import org.javisor.riscv.fp.FloatEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * A RISC-V hart with supervisor and user mode: registers, traps, and the loop that alternates
 * between executing and attending to the world.
 *
 * <p>Other threads reach a running hart through its attention word only: they set a bit, and the
 * engine, which looks at the word at taken branches, returns to {@link #run}. Everything else
 * belongs to the hart's thread.
 */
public final class Hart implements Vcpu, Snapshottable<HartState> {
  /** User mode. */
  public static final int USER = 0;

  /** Supervisor mode. */
  public static final int SUPERVISOR = 1;

  /** The integer register slot whose value is never read: the destination x0. */
  public static final int SINK = 32;

  /** Index of the floating-point registers in {@link #registers}. */
  public static final int FLOAT_REGISTERS = 64;

  // Bits of the attention word.
  private static final int EXIT = 1;
  private static final int INTERRUPT = 1 << 1;
  private static final int TIMER = 1 << 2;
  private static final int REQUESTS = 1 << 3;
  private static final int STATUS = 1 << 4;
  private static final int SAMPLE = 1 << 5;

  private static final long NO_RESERVATION = 0;

  private static final VarHandle ATTENTION;

  static {
    try {
      ATTENTION = MethodHandles.lookup().findVarHandle(Hart.class, "attention", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  // What engines touch at every instruction or block.
  private final long[] registers = new long[FLOAT_REGISTERS + 32];
  private long tlbTable;
  private volatile int attention;
  private long pc;
  private long nextPc;
  private long retired;
  private long traps;
  private long turnEnd = Long.MAX_VALUE;
  private long fences;
  private int privilege = SUPERVISOR;
  private @Nullable CodePage codePage;
  private JumpCache.Jump[] jumps;
  private final FloatEnvironment floats = new FloatEnvironment();

  private final int id;
  private final Harts harts;
  private final Engine engine;
  private final EnvironmentCalls calls;

  private final Trap trap = new Trap();
  private final SoftTlb tlb = new SoftTlb();
  private final Interrupts interrupts;
  private final ControlRegisters control;
  private final DataPath data;
  private final FetchPath fetch;
  private final Mailbox mailbox = new Mailbox();
  private final MailboxReader requests;

  private long reservedAddress = NO_RESERVATION;
  private long reservedValue;
  private int tlbMode;

  private long cycleOffset;
  private long retiredOffset;
  private boolean waiting;
  private volatile boolean parked;
  private volatile @Nullable Thread thread;

  private final HartLife life = new HartLife();

  Hart(
      int id,
      Harts harts,
      GuestMemory memory,
      AddressBus bus,
      Clock clock,
      Engine engine,
      EnvironmentCalls calls) {
    this.id = id;
    this.harts = harts;
    this.engine = engine;
    this.calls = calls;
    interrupts = new Interrupts(clock, () -> attend(TIMER));
    control = new ControlRegisters(this, floats, interrupts);
    data = new DataPath(this, memory, bus);
    fetch = new FetchPath(this, memory, harts.code());
    requests = new MailboxReader(mailbox, tlb, fetch, harts.code());
    memory.onDropCachedWritePermission(tlb::dropWriteTags);
    accessModeChanged();
  }

  // ------------------------------------------------------------------ registers

  /** Its number, also its hart id. */
  @Override
  public int id() {
    return id;
  }

  /** The harts of the same machine. */
  public Harts harts() {
    return harts;
  }

  /**
   * The register file: x0..x31 and the sink, and from {@link #FLOAT_REGISTERS} on the bits of the
   * floating-point registers.
   */
  public long[] registers() {
    return registers;
  }

  /** An integer register. */
  public long x(int number) {
    return registers[number & 63];
  }

  /** Writes an integer register; slot {@link #SINK} swallows the value, x0 must not be given. */
  public void setX(int slot, long value) {
    registers[slot & 63] = value;
  }

  /** The bits of a floating-point register. */
  public long f(int number) {
    return registers[FLOAT_REGISTERS + (number & 31)];
  }

  /** Writes the bits of a floating-point register. */
  public void setF(int number, long bits) {
    registers[FLOAT_REGISTERS + (number & 31)] = bits;
  }

  /** Address of the next instruction, or of the one being executed inside its meaning. */
  public long pc() {
    return pc;
  }

  /** Sets the address of the next instruction. */
  public void setPc(long value) {
    pc = value;
  }

  /** Where execution goes on after an instruction that engines call with {@link #setNext}. */
  public long nextPc() {
    return nextPc;
  }

  /** Sets where execution goes on; the meaning of a system instruction may change it. */
  public void setNext(long value) {
    nextPc = value;
  }

  /** The privilege mode, {@link #USER} or {@link #SUPERVISOR}. */
  public int privilege() {
    return privilege;
  }

  /** Instructions retired since reset, up to date outside of blocks. */
  public long retired() {
    return retired;
  }

  /** The cycle counter: a cycle an instruction. */
  public long cycles() {
    return retired + cycleOffset;
  }

  /** Sets the cycle counter, as SBI's performance monitoring extension does; own thread. */
  public void setCycles(long value) {
    cycleOffset = value - retired;
  }

  /** The instret counter. */
  public long retiredInstructions() {
    return retired + retiredOffset;
  }

  /** Sets the instret counter; own thread. */
  public void setRetiredInstructions(long value) {
    retiredOffset = value - retired;
  }

  /** Page walks for loads and stores since the hart was made: what the soft TLB did not answer. */
  public long tlbMisses() {
    return data.walks();
  }

  /** Counts instructions retired. */
  public void retire(long instructions) {
    retired += instructions;
  }

  /** Rounding mode and flags. */
  public FloatEnvironment floats() {
    return floats;
  }

  /** Guest time in ticks of the timebase, 10 MHz. */
  public long time() {
    return interrupts.time();
  }

  /** Sets stimecmp, as SBI's TIME extension does: the time of the next timer interrupt in ticks. */
  public void setTimer(long ticks) {
    interrupts.setCompare(ticks);
    checkInterrupts();
  }

  // ------------------------------------------------------------------ for engines

  /** What executes its instructions. */
  public Engine engine() {
    return engine;
  }

  /** Whether the hart should leave its block: cheap enough for every branch. */
  public int attention() {
    return attention;
  }

  /** Has a hart that is executing leave its unit for a moment, to see where it is; any thread. */
  public void requestSample() {
    ATTENTION.getAndBitwiseOr(this, SAMPLE);
  }

  /** Whether {@link #requestSample} is why the hart wants attention. */
  public boolean isToBeSampled() {
    return (attention & SAMPLE) != 0;
  }

  /** Whether its thread is in {@link #run} and has something to execute. */
  public boolean isExecuting() {
    return thread != null && !parked;
  }

  /**
   * As {@link #attention()}, for engines whose turns end at a number of instructions: see {@link
   * #turn}.
   *
   * @param uncounted instructions executed that {@link #retire} does not know of yet
   */
  public int attention(int uncounted) {
    if (retired + traps + uncounted >= turnEnd) {
      attend(EXIT);
    }
    return attention;
  }

  /**
   * The decoded slots of the page at {@code address}, which becomes {@link #codePage()}.
   *
   * @throws Trap if it may not be executed; pc must be up to date
   */
  public long[] fetch(long address) {
    CodePage page = fetch.page(address);
    codePage = page;
    return page.slots();
  }

  /** The page of the last {@link #fetch}. */
  public CodePage codePage() {
    CodePage page = codePage;
    if (page == null) {
      throw new IllegalStateException("nothing has been fetched");
    }
    return page;
  }

  /** The page that holds {@code address}, if it has been fetched from lately. */
  public @Nullable CodePage fetched(long address) {
    return fetch.fetched(address);
  }

  /**
   * The unit of translation that begins at {@code target}, or null. It may be one that does nothing
   * because its code has changed; {@link #forgetUnit} then looks again.
   */
  public @Nullable Unit unit(long target) {
    JumpCache.Jump jump = jumps[JumpCache.index(target)];
    return jump.address() == target ? jump.entry().unit() : findUnit(target);
  }

  private @Nullable Unit findUnit(long target) {
    UnitEntry entry = fetch.unit(target);
    if (entry == null) {
      return null;
    }
    tlb.current().jumps(privilege).enter(target, entry);
    return entry.unit();
  }

  /** The unit at {@code target} did nothing: lets go of it if it has been retired. */
  public void forgetUnit(long target) {
    if (jumps[JumpCache.index(target)].entry().isRetired()) {
      tlb.current().jumps(privilege).forget(target);
    }
  }

  /**
   * The bits of the instruction at {@code address}, read from memory now.
   *
   * @throws Trap if it may not be executed; pc must be up to date
   */
  public int instructionBits(long address) {
    return fetch.bits(address);
  }

  /** The machine address of the current soft-TLB table; see {@link SoftTlb} for its use. */
  public long tlbTable() {
    return tlbTable;
  }

  /** A load that missed: {@code size} bytes, zero-extended. */
  public long loadSlow(long address, int size) {
    return data.load(address, size);
  }

  /** A store that missed. */
  public void storeSlow(long address, int size, long value) {
    data.store(address, size, value);
  }

  /** The machine address for an atomic operation of 4 or 8 bytes that missed. */
  public long atomicAddressSlow(long address, int size) {
    return data.atomicAddress(address, size);
  }

  /** The machine address for a load-reserved of 4 or 8 bytes that missed. */
  public long reservedAddressSlow(long address, int size) {
    return data.reservedAddress(address, size);
  }

  /** To be called after an atomic operation on an address from {@link #atomicAddressSlow}. */
  public void atomicDone() {
    data.atomicDone();
  }

  /** Begins a reservation of a machine address that held a value. */
  public void reserve(long machineAddress, long value) {
    reservedAddress = machineAddress;
    reservedValue = value;
  }

  /** Ends the reservation; true if it was of this machine address. */
  public boolean takeReservation(long machineAddress) {
    boolean held = reservedAddress == machineAddress;
    reservedAddress = NO_RESERVATION;
    return held;
  }

  /** The value that the last reservation found. */
  public long reservedValue() {
    return reservedValue;
  }

  /** The hart's exception, filled in. */
  public Trap trap(int cause, long value) {
    return trap.with(cause, value);
  }

  /**
   * Grows when instructions may no longer be what they were at the same address: another address
   * space, or a fence of either kind, its own or another hart's.
   */
  public long fences() {
    return fences;
  }

  /** See {@link #fences()}. */
  void fenced() {
    fences++;
  }

  /** The exception for the instruction being executed; its bits are found on delivery. */
  public Trap illegalInstruction() {
    return trap.with(Cause.ILLEGAL_INSTRUCTION, 0);
  }

  /** Illegal instruction, if floating point is off. */
  public void requireFloats() {
    if (control.floatStatus() == ControlRegisters.FLOAT_OFF) {
      throw illegalInstruction();
    }
  }

  /** As {@link #requireFloats}; and floating-point state counts as changed from now on. */
  public void useFloats() {
    if (control.floatStatus() != ControlRegisters.FLOAT_DIRTY) {
      requireFloats();
      control.dirtyFloats();
    }
  }

  /** Whether {@link #useFloats} has nothing to do. */
  public boolean floatsInUse() {
    return control.floatStatus() == ControlRegisters.FLOAT_DIRTY;
  }

  /** The rounding mode an instruction's rm field means; illegal if it means none. */
  public int roundingMode(int rm) {
    int mode = rm == 7 ? floats.roundingMode : rm;
    if (mode > FloatEnvironment.NEAREST_MAX_MAGNITUDE) {
      throw illegalInstruction();
    }
    return mode;
  }

  /** Delivers a synchronous exception of the instruction at pc: pc is then the handler's. */
  public void raise(Trap raised) {
    long value = raised.value();
    int cause = raised.exceptionCause();
    if (cause == Cause.ILLEGAL_INSTRUCTION) {
      value = illegalBits();
    }
    enterTrap(cause, value);
    pc = nextPc;
  }

  private long illegalBits() {
    try {
      return fetch.bits(pc) & 0xffff_ffffL;
    } catch (Trap unreadable) {
      return 0;
    }
  }

  // ------------------------------------------------------------------ meanings of system
  // instructions

  /** Takes a trap at pc from inside a system instruction. */
  public void enterTrap(long cause, long value) {
    reservedAddress = NO_RESERVATION;
    traps++;
    nextPc = control.enterTrap(cause, value, pc, privilege);
    setPrivilege(SUPERVISOR);
  }

  /** {@code sret}. */
  public void returnFromTrap() {
    requireSupervisor();
    reservedAddress = NO_RESERVATION;
    setPrivilege(control.leaveTrap());
    nextPc = control.exceptionPc();
    checkInterrupts();
  }

  /** {@code ecall}. */
  public void environmentCall() {
    if (privilege == USER) {
      enterTrap(Cause.ENVIRONMENT_CALL_FROM_USER, 0);
    } else {
      reservedAddress = NO_RESERVATION;
      calls.call(this);
    }
  }

  /** {@code wfi}: the thread parks before the next instruction, if no interrupt is pending. */
  public void waitForInterrupt() {
    requireSupervisor();
    waiting = true;
    attend(STATUS);
  }

  /** {@code sfence.vma}; a null operand is x0. */
  public void translationFence(boolean allAddresses, long address, boolean allSpaces, int asid) {
    requireSupervisor();
    fenced();
    // Requests look at what the fence is about to forget.
    drainMailbox();
    if (allAddresses) {
      if (allSpaces) {
        tlb.flush();
      } else {
        tlb.flushSpace(asid & 0xffff);
      }
    } else if (allSpaces) {
      tlb.flushPage(address);
    } else {
      tlb.flushPage(address, asid & 0xffff);
    }
  }

  /** {@code fence.i}. */
  public void instructionFence() {
    RawMemory.fullFence();
    fenced();
    harts.awaitRequests(this);
    fetch.fence();
  }

  /** Reads a control and status register. */
  public long readControl(int number) {
    return control.read(number);
  }

  /** Writes a control and status register. */
  public void writeControl(int number, long value) {
    control.write(number, value);
  }

  /** Sets and clears bits of a control and status register that was {@code old} when read. */
  public void changeControl(int number, long old, long set, long clear) {
    control.change(number, old, set, clear);
  }

  private void requireSupervisor() {
    if (privilege != SUPERVISOR) {
      throw illegalInstruction();
    }
  }

  private void setPrivilege(int mode) {
    privilege = mode;
    accessModeChanged();
  }

  /** Privilege, SUM or satp may have changed: loads and stores go through another table. */
  void accessModeChanged() {
    tlbMode =
        privilege == USER
            ? SoftTlb.MODE_USER
            : control.sum() ? SoftTlb.MODE_SUPERVISOR_SUM : SoftTlb.MODE_SUPERVISOR;
    tlbTable = tlb.current().table(tlbMode);
    jumps = tlb.current().jumps(privilege).jumps;
  }

  int tlbMode() {
    return tlbMode;
  }

  SoftTlb tlb() {
    return tlb;
  }

  ControlRegisters control() {
    return control;
  }

  Mailbox mailbox() {
    return mailbox;
  }

  // ------------------------------------------------------------------ interrupts

  /** The interrupt controller's line to this hart, from any thread. */
  public void setExternalInterrupt(boolean level) {
    setLine(Interrupts.EXTERNAL, level);
  }

  /** The software interrupt pending bit, from any thread. */
  public void setSoftwareInterrupt(boolean pending) {
    setLine(Interrupts.SOFTWARE, pending);
  }

  private void setLine(int bit, boolean level) {
    if (interrupts.setLine(bit, level) && level) {
      attend(INTERRUPT);
    }
  }

  /** Leaves the block soon if an interrupt can be taken; the hart's thread. */
  void checkInterrupts() {
    if (interrupts.deliverable() != 0) {
      attend(INTERRUPT);
    }
  }

  private void takeInterrupt() {
    int deliverable = interrupts.deliverable();
    if (deliverable != 0 && (privilege == USER || control.interruptsEnabled())) {
      enterTrap(Cause.INTERRUPT | Interrupts.first(deliverable), 0);
      pc = nextPc;
    }
  }

  // ------------------------------------------------------------------ life

  /** Where the hart is in its life. */
  public HartStatus status() {
    return life.status();
  }

  /**
   * Starts a stopped hart in S-mode, without translation and interrupts, x10 = its id.
   *
   * @param address where it begins, physical
   * @param argument what x11 is
   * @return false if it is not stopped
   */
  public boolean start(long address, long argument) {
    boolean pending = life.start(address, argument);
    attend(STATUS);
    return pending;
  }

  /** Stops the hart; called on its own thread, from an environment call. */
  public void stop() {
    life.stop();
    attend(STATUS);
  }

  /** Suspends the hart until an enabled interrupt is pending, keeping its state; own thread. */
  public void suspend() {
    life.suspend();
    attend(STATUS);
  }

  /** As {@link #suspend()}, but it resumes as if started, at an address with an argument. */
  public void suspend(long address, long argument) {
    life.suspend(address, argument);
    attend(STATUS);
  }

  /** Whether the hart may execute; a pending start or a resumption happens here. */
  private boolean isStarted() {
    if (life.proceed(interrupts.deliverable() != 0)) {
      waiting = false;
      control.start();
      tlb.select(0);
      setPrivilege(SUPERVISOR);
      pc = life.startAddress();
      nextPc = pc;
      setX(10, id);
      setX(11, life.startArgument());
      reservedAddress = NO_RESERVATION;
    }
    return life.status() == HartStatus.STARTED;
  }

  @Override
  public void run() {
    thread = Thread.currentThread();
    mailbox.setQuiescent(false);
    RawMemory.fullFence();
    drainMailbox();
    interrupts.lookAtClock();
    attend(STATUS);
    try {
      while (attention == 0 || attendToWorld()) {
        try {
          engine.execute(this);
        } catch (Trap raised) {
          raise(raised);
        }
      }
    } finally {
      drainMailbox();
      mailbox.setQuiescent(true);
      thread = null;
    }
  }

  /**
   * Executes one instruction on the calling thread, after taking an interrupt that is due; for
   * debuggers and tests. Nothing happens if the hart is not started or waits.
   */
  public void step() {
    once(engine::step);
  }

  /**
   * One turn of {@link #run}: takes an interrupt that is due, then has the engine execute. An
   * engine that counts ends the turn at the first place it can once instructions and traps have
   * reached a number, so that a turn is a matter of the guest's code alone.
   *
   * @param end what {@link #position} may grow to, and a little more
   * @return false if nothing was executed, for the hart is not started or waits
   */
  boolean turn(long end) {
    turnEnd = end;
    try {
      return once(engine::execute);
    } finally {
      turnEnd = Long.MAX_VALUE;
    }
  }

  /** Instructions retired and traps taken: grows with each instruction, whatever comes of it. */
  long position() {
    return retired + traps;
  }

  private boolean once(Consumer<Hart> execution) {
    interrupts.lookAtClock();
    attend(STATUS);
    if (!isStarted() || (waiting && interrupts.deliverable() == 0)) {
      return false;
    }
    waiting = false;
    ATTENTION.setVolatile(this, 0);
    drainMailbox();
    takeInterrupt();
    try {
      execution.accept(this);
    } catch (Trap raised) {
      raise(raised);
    }
    return true;
  }

  /** Does what the attention word says; false if the hart is to leave {@link #run}. */
  private boolean attendToWorld() {
    while (true) {
      int asked = (int) ATTENTION.getAndSet(this, 0);
      if ((asked & REQUESTS) != 0) {
        drainMailbox();
      }
      if ((asked & EXIT) != 0) {
        return false;
      }
      if ((asked & TIMER) != 0) {
        interrupts.lookAtClock();
      }
      if (isStarted() && (!waiting || interrupts.deliverable() != 0)) {
        waiting = false;
        takeInterrupt();
        return true;
      }
      park();
    }
  }

  private void park() {
    mailbox.setQuiescent(true);
    parked = true;
    if (attention == 0) {
      LockSupport.park(this);
    }
    parked = false;
    // An interrupted thread would not park: the flag has no meaning for a hart.
    Thread.interrupted();
    mailbox.setQuiescent(false);
    RawMemory.fullFence();
    drainMailbox();
  }

  private void attend(int bits) {
    ATTENTION.getAndBitwiseOr(this, bits);
    if (parked) {
      LockSupport.unpark(thread);
    }
  }

  @Override
  public void requestExit() {
    attend(EXIT);
  }

  @Override
  public boolean isIdle() {
    return parked;
  }

  // ------------------------------------------------------------------ requests of other harts

  /** Leaves a request; it need not wake a parked hart, which looks before it executes. */
  void post(Mailbox.Request request) {
    mailbox.post(request);
    ATTENTION.getAndBitwiseOr(this, REQUESTS);
  }

  /** Does what other harts have asked for; the hart's thread, between instructions. */
  void drainMailbox() {
    if (requests.drain()) {
      fenced();
    }
  }

  /** Does something at once that other harts are asked for as well; the hart's thread. */
  void perform(Mailbox.Request request) {
    fenced();
    requests.drain();
    requests.perform(List.of(request));
  }

  // ------------------------------------------------------------------ state

  @Override
  public void reset() {
    life.reset();
    for (int number = 0; number < 32; number++) {
      setX(number, 0);
      setF(number, 0);
    }
    control.reset();
    interrupts.enable(0);
    interrupts.setLine(Interrupts.SOFTWARE, false);
    interrupts.setLine(Interrupts.EXTERNAL, false);
    interrupts.setCompare(-1);
    pc = 0;
    retired = 0;
    traps = 0;
    cycleOffset = 0;
    retiredOffset = 0;
    waiting = false;
    forgetCaches();
    setPrivilege(SUPERVISOR);
  }

  private void forgetCaches() {
    reservedAddress = NO_RESERVATION;
    drainMailbox();
    tlb.dropWriteTags();
    tlb.flush();
    tlb.flushFetched();
    tlb.select(control.satp());
  }

  @Override
  public Class<HartState> stateType() {
    return HartState.class;
  }

  @Override
  public HartState save() {
    long[] x = new long[32];
    long[] f = new long[32];
    for (int number = 0; number < 32; number++) {
      x[number] = x(number);
      f[number] = f(number);
    }
    return new HartState(
        life.save(), privilege, pc, retired, cycles(), retiredInstructions(), x, f, control.save());
  }

  @Override
  public void restore(HartState state) {
    if (state.x().length != 32
        || state.f().length != 32
        || state.x()[0] != 0
        || (state.privilege() & ~1) != 0
        || (state.pc() & 1) != 0) {
      throw new SavedStateException("hart " + id + ": registers out of range");
    }
    reset();
    control.restore(state.control());
    for (int number = 0; number < 32; number++) {
      setX(number, state.x()[number]);
      setF(number, state.f()[number]);
    }
    pc = state.pc();
    retired = state.retired();
    setCycles(state.cycles());
    setRetiredInstructions(state.retiredInstructions());
    setPrivilege(state.privilege());
    life.restore(state.life());
  }
}
