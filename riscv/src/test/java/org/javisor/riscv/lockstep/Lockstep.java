package org.javisor.riscv.lockstep;

import org.javisor.riscv.hart.Hart;
import org.javisor.riscv.hart.Turns;
import org.javisor.riscv.interpreter.ExactInterpreter;

/**
 * Runs two machines by turns on the calling thread. The leader executes as its engine likes, until
 * it has reached a number of instructions and comes to a place where it can leave; the follower
 * then executes as many by the interpreter. Interrupts are taken between turns only, hence at the
 * same instruction by both.
 */
final class Lockstep {
  private final String name;
  private final Side leader;
  private final Side follower;
  private final ExactInterpreter interpreter;
  private long turns;
  private long executed;

  /**
   * Two machines in the same state.
   *
   * @param name says, when there is a difference, how to get it again
   * @param interpreter the follower's engine
   */
  Lockstep(String name, Side leader, Side follower, ExactInterpreter interpreter) {
    this.name = name;
    this.leader = leader;
    this.follower = follower;
    this.interpreter = interpreter;
  }

  /** Instructions and traps compared so far, of all harts. */
  long executed() {
    return executed;
  }

  /** Turns so far, of all harts. */
  long turns() {
    return turns;
  }

  /** Moves the time of both. */
  void moveTo(long nanos) {
    leader.clock().moveTo(nanos);
    follower.clock().moveTo(nanos);
  }

  /**
   * One turn of a hart, and a comparison of its registers.
   *
   * @param instructions about how many, at least 1
   * @return false if the hart waits
   * @throws AssertionError if there is a difference
   */
  boolean turn(int id, long instructions) {
    Hart first = leader.hart(id);
    Hart second = follower.hart(id);
    long before = Turns.position(first);
    long pc = first.pc();
    turns++;
    boolean ran = Turns.turn(first, before + instructions);
    interpreter.endAt(Turns.position(first));
    boolean followed = Turns.turn(second, Long.MAX_VALUE);
    executed += Turns.position(first) - before;
    if (ran != followed || !Registers.areEqual(first.save(), second.save())) {
      throw new AssertionError(describe(id, before, pc));
    }
    return ran;
  }

  /** Compares all of memory. */
  void compareMemory() {
    long size = leader.memory().size();
    long base = leader.memory().base();
    long difference =
        leader.memory().segment(base, size).mismatch(follower.memory().segment(base, size));
    if (difference >= 0) {
      long address = base + (difference & -8);
      throw new AssertionError(
          String.format(
              "%s: after %d turns, %d instructions, memory at %#x: translator %#018x, interpreter"
                  + " %#018x",
              name,
              turns,
              executed,
              address,
              leader.memory().getLong(address),
              follower.memory().getLong(address)));
    }
  }

  private String describe(int id, long before, long pc) {
    Hart first = leader.hart(id);
    Hart second = follower.hart(id);
    return String.format(
        "%s: turn %d of hart %d differs: from instruction %d at %#x to %d%n%s%s",
        name,
        turns,
        id,
        before,
        pc,
        Turns.position(first),
        Registers.differences(first.save(), second.save()),
        Listing.of(second, interpreter.trace()));
  }
}
