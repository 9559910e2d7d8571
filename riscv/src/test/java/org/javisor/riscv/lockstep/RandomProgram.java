package org.javisor.riscv.lockstep;

import java.util.SplittableRandom;
import org.javisor.machine.AddressBus;
import org.javisor.machine.GuestMemory;
import org.javisor.riscv.hart.Engine;
import org.javisor.riscv.hart.HartState;
import org.javisor.riscv.hart.HartStatus;
import org.javisor.riscv.hart.Harts;
import org.javisor.riscv.hart.Turns;
import org.javisor.riscv.interpreter.ExactInterpreter;
import org.javisor.riscv.oracle.Values;
import org.javisor.riscv.translator.CountingEngine;

/** A random program on two machines: in user or supervisor mode, in two address spaces. */
final class RandomProgram implements AutoCloseable {
  private static final long NANOS_PER_INSTRUCTION = 100;
  private static final int MEMORY_INTERVAL = 32;

  private static final long SPIE = 1 << 5;
  private static final long SIE = 1 << 1;
  private static final long SPP = 1 << 8;
  private static final int FLOATS_SHIFT = 13;
  private static final long SOFTWARE_AND_TIMER = 1 << 1 | 1 << 5;
  private static final long ALL_COUNTERS = 7;

  private final SplittableRandom random;
  private final Side leader;
  private final Side follower;
  private final Lockstep lockstep;
  private final int longestTurn;

  RandomProgram(long seed) {
    random = new SplittableRandom(seed);
    ExactInterpreter interpreter = new ExactInterpreter(Turns::position);
    // Everything before it is executed, or what has been executed a few times.
    int threshold = random.nextBoolean() ? 1 : random.nextInt(2, 100);
    leader = side(CountingEngine.create(threshold));
    follower = side(interpreter);
    lockstep = new Lockstep("program of seed " + seed, leader, follower, interpreter);
    longestTurn = 1 << random.nextInt(11);
    long contents = random.nextLong();
    for (Side side : new Side[] {leader, follower}) {
      HartState state = load(side.memory(), new SplittableRandom(contents));
      side.hart(0).restore(state);
    }
  }

  private static Side side(Engine engine) {
    GuestMemory memory = GuestMemory.allocate(Layout.MEMORY, Layout.MEMORY_BYTES);
    TurnClock clock = new TurnClock();
    // An environment call from S-mode does nothing.
    Harts harts = new Harts(1, memory, new AddressBus(), clock, engine, hart -> {});
    harts.hart(0).reset();
    return new Side(memory, harts, clock);
  }

  private static HartState load(GuestMemory memory, SplittableRandom random) {
    boolean isUser = random.nextInt(4) != 0;
    long user = isUser ? AddressSpace.USER : 0;
    AddressSpace[] spaces = {new AddressSpace(memory, 0), new AddressSpace(memory, 1)};
    Supervisor.install(memory, spaces[0], spaces[1], random);
    long frame = Layout.FRAMES;
    long registers = random.nextLong();
    for (AddressSpace space : spaces) {
      byte[] code = ProgramSource.code(random, registers);
      int room = Layout.CODE_PAGES * Layout.PAGE;
      memory.write(frame, code, 0, Math.min(code.length, room));
      for (int page = 0; page < Layout.CODE_PAGES; page++) {
        long address = Layout.CODE + (long) page * Layout.PAGE;
        space.map(address, frame, access(random) & ~AddressSpace.WRITE | user);
        long writable = AddressSpace.ALL & ~AddressSpace.EXECUTE;
        space.map(address + Layout.WRITABLE, frame, writable | user);
        frame += Layout.PAGE;
      }
    }
    Values values = new Values(random);
    for (int page = 0; page < Layout.DATA_PAGES; page++) {
      for (int i = 0; i < Layout.PAGE; i += 8) {
        memory.putLong(frame + i, values.memory());
      }
      for (AddressSpace space : spaces) {
        long address = Layout.DATA + (long) page * Layout.PAGE;
        space.map(address, frame, access(random) & ~AddressSpace.EXECUTE | user);
      }
      frame += Layout.PAGE;
    }
    return start(random, values, spaces[0].satp(), isUser);
  }

  /** Everything allowed, mostly. */
  private static long access(SplittableRandom random) {
    return switch (random.nextInt(8)) {
      case 0 -> AddressSpace.ALL & ~AddressSpace.VALID;
      case 1 -> AddressSpace.ALL & ~AddressSpace.WRITE;
      case 2 -> AddressSpace.ALL & ~AddressSpace.DIRTY;
      case 3 -> AddressSpace.ALL & ~AddressSpace.EXECUTE;
      default -> AddressSpace.ALL;
    };
  }

  private static HartState start(
      SplittableRandom random, Values values, long satp, boolean isUser) {
    long[] x = new long[32];
    long[] f = new long[32];
    for (int i = 0; i < 32; i++) {
      x[i] = i == 0 ? 0 : values.integer();
      f[i] = values.register();
    }
    long status = SPIE | SIE | SPP | (long) random.nextInt(4) << FLOATS_SHIFT;
    return new HartState(
        new HartState.Life(HartStatus.STARTED, 0, 0, false),
        isUser ? 0 : 1,
        Layout.entry(random.nextInt(Layout.ENTRIES)),
        0,
        0,
        0,
        x,
        f,
        new HartState.Control(
            status,
            SOFTWARE_AND_TIMER,
            0,
            Layout.HANDLER,
            ALL_COUNTERS,
            0,
            Layout.SAVE_AREA,
            0,
            0,
            0,
            satp,
            random.nextInt(2000),
            random.nextInt(5) << 5));
  }

  /** Runs it for a number of instructions; returns how many have been compared. */
  long run(long instructions) {
    return run(instructions, Long.MAX_VALUE);
  }

  /**
   * As {@link #run(long)}, but one turn is divided into turns as short as can be, time and so
   * interrupts being as in the whole: for looking at a difference closely.
   *
   * @param divided the number of the turn, from 1
   */
  long run(long instructions, long divided) {
    while (lockstep.executed() < instructions) {
      lockstep.moveTo(lockstep.executed() * NANOS_PER_INSTRUCTION);
      long length = random.nextInt(1, longestTurn + 1);
      if (lockstep.turns() + 1 < divided ? !lockstep.turn(0, length) : !divide(length)) {
        // It waits, and nothing else here could wake it.
        break;
      }
      if (lockstep.turns() % MEMORY_INTERVAL == 0) {
        lockstep.compareMemory();
      }
    }
    lockstep.compareMemory();
    return lockstep.executed();
  }

  private boolean divide(long length) {
    long end = lockstep.executed() + length;
    while (lockstep.executed() < end) {
      if (!lockstep.turn(0, 1)) {
        return false;
      }
    }
    return true;
  }

  /** Turns so far, the one with a difference included. */
  long turns() {
    return lockstep.turns();
  }

  @Override
  public void close() {
    leader.memory().close();
    follower.memory().close();
  }
}
