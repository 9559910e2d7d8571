package org.javisor.riscv.lockstep;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random programs by the translator and by the interpreter. {@code
 * -Dorg.javisor.lockstep.programs=N} sets how many, {@code -Dorg.javisor.lockstep.seed=S} the first
 * one's seed; each next program's is one more.
 */
class RandomProgramTest {
  private static final long SEED = Long.getLong("org.javisor.lockstep.seed", 2_026_112_300_000L);
  private static final int PROGRAMS = Integer.getInteger("org.javisor.lockstep.programs", 1500);
  private static final int LONG_FACTOR = 100;
  private static final long INSTRUCTIONS = 2000;

  @Test
  void translatorAndInterpreterAgree() {
    compare(SEED, PROGRAMS);
  }

  @Tag("long")
  @Test
  void translatorAndInterpreterAgreeAtLength() {
    compare(System.nanoTime(), (long) PROGRAMS * LONG_FACTOR);
  }

  private static void compare(long first, long programs) {
    long executed = 0;
    for (long seed = first; seed < first + programs; seed++) {
      executed += compare(seed);
    }
    assertThat(executed).isGreaterThan(programs * INSTRUCTIONS / 2);
  }

  private static long compare(long seed) {
    long turn;
    AssertionError difference;
    try (RandomProgram program = new RandomProgram(seed)) {
      try {
        return program.run(INSTRUCTIONS);
      } catch (AssertionError e) {
        turn = program.turns();
        difference = e;
      }
    }
    // Closer, if it is still there in short turns.
    try (RandomProgram program = new RandomProgram(seed)) {
      program.run(INSTRUCTIONS, turn);
    }
    throw difference;
  }
}
