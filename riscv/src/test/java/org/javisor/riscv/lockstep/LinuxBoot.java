package org.javisor.riscv.lockstep;

import java.util.List;
import java.util.SplittableRandom;
import org.javisor.machine.Entropy;
import org.javisor.riscv.board.BoardConfiguration;
import org.javisor.riscv.board.RiscvBoard;
import org.javisor.riscv.board.boot.BootFile;
import org.javisor.riscv.board.boot.KernelImage;
import org.javisor.riscv.hart.Engine;
import org.javisor.riscv.hart.Turns;
import org.javisor.riscv.interpreter.ExactInterpreter;
import org.javisor.riscv.translator.CountingEngine;
import org.javisor.riscv.translator.TranslatingEngine;

/**
 * Two boards that boot the same Linux. Their harts take turns of pseudo-random lengths on the
 * calling thread; guest time follows from the instructions executed, and when all harts wait it
 * moves on to the next timer. The console is the only device that does something.
 */
final class LinuxBoot implements AutoCloseable {
  private static final String COMMAND_LINE =
      "console=ttyS0 earlycon=sbi cryptomgr.notests=1 initcall_blacklist=jent_mod_init";

  /** So that what runs once is left to the interpreter, as in a machine that is used. */
  private static final int THRESHOLD = 2000;

  private static final int LONGEST_TURN = 50_000;
  private static final long NANOS_PER_INSTRUCTION = 10;
  private static final long MEMORY_INTERVAL = 20_000_000;

  private final SplittableRandom random;
  private final TranslatingEngine translator = CountingEngine.create(THRESHOLD);
  private final RiscvBoard leader;
  private final RiscvBoard follower;
  private final CapturedConsole leaderConsole = new CapturedConsole();
  private final CapturedConsole followerConsole = new CapturedConsole();
  private final TurnClock leaderClock = new TurnClock();
  private final TurnClock followerClock = new TurnClock();
  private final Lockstep lockstep;
  private final int harts;
  private final long memoryBytes;
  private long idleNanos;

  LinuxBoot(long seed, int harts, long memoryBytes, KernelImage kernel, BootFile initialRamDisk) {
    this.harts = harts;
    this.memoryBytes = memoryBytes;
    random = new SplittableRandom(seed);
    ExactInterpreter interpreter = new ExactInterpreter(Turns::position);
    leader = board(seed, kernel, initialRamDisk, leaderConsole, leaderClock, translator);
    follower = board(seed, kernel, initialRamDisk, followerConsole, followerClock, interpreter);
    lockstep =
        new Lockstep(
            String.format("boot of seed %d with %d harts", seed, harts),
            new Side(leader.memory(), leader.harts(), leaderClock),
            new Side(follower.memory(), follower.harts(), followerClock),
            interpreter);
  }

  private RiscvBoard board(
      long seed,
      KernelImage kernel,
      BootFile initialRamDisk,
      CapturedConsole console,
      TurnClock clock,
      Engine engine) {
    SplittableRandom bytes = new SplittableRandom(seed);
    Entropy entropy =
        count -> {
          byte[] all = new byte[count];
          bytes.nextBytes(all);
          return all;
        };
    RiscvBoard board =
        new RiscvBoard(
            new BoardConfiguration(
                harts,
                memoryBytes,
                kernel,
                initialRamDisk,
                COMMAND_LINE,
                List.of(),
                console,
                clock,
                entropy),
            engine);
    // The machine itself is never started: its threads would run the harts.
    board.machine().parts().load().run();
    return board;
  }

  /**
   * Runs until the guest has written a text.
   *
   * @param limit instructions after which it must have
   * @throws AssertionError if there is a difference, or no such text
   */
  void runUntilWritten(String text, long limit) {
    long nextComparison = MEMORY_INTERVAL;
    int seen = 0;
    while (lockstep.executed() < limit) {
      turns();
      if (leaderConsole.size() != seen) {
        seen = leaderConsole.size();
        if (leaderConsole.text().contains(text)) {
          compareAll();
          return;
        }
      }
      if (lockstep.executed() >= nextComparison) {
        compareAll();
        nextComparison = lockstep.executed() + MEMORY_INTERVAL;
      }
    }
    throw new AssertionError(
        "\"" + text + "\" not written after " + limit + " instructions:\n" + output());
  }

  /** One turn of each hart. */
  private void turns() {
    boolean ran = false;
    for (int hart = 0; hart < harts; hart++) {
      lockstep.moveTo(idleNanos + lockstep.executed() * NANOS_PER_INSTRUCTION / harts);
      ran |= lockstep.turn(hart, random.nextInt(1, LONGEST_TURN));
    }
    if (!ran) {
      long deadline = leaderClock.nextDeadline();
      if (deadline == Long.MAX_VALUE) {
        throw new AssertionError("all harts wait for ever:\n" + output());
      }
      idleNanos += Math.max(0, deadline - leaderClock.nanos());
    }
  }

  private void compareAll() {
    lockstep.compareMemory();
    if (!leaderConsole.text().equals(followerConsole.text())) {
      throw new AssertionError(
          "the consoles differ: "
              + leaderConsole.text()
              + "\n---- by the interpreter:\n"
              + followerConsole.text());
    }
  }

  /** Instructions and traps compared. */
  long executed() {
    return lockstep.executed();
  }

  /** The part of them that the translator has executed as host code. */
  double translatedPart() {
    return 1 - (double) translator.metrics().interpreted() / lockstep.executed();
  }

  /** What the guest has written. */
  String output() {
    return leaderConsole.text();
  }

  @Override
  public void close() {
    leader.close();
    follower.close();
  }
}
