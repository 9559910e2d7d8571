package org.javisor.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * One line of a benchmark machine's plan.
 *
 * @param program what runs
 * @param threads among which it shares its work out
 */
record ProgramRun(BenchProgram program, int threads) {
  /**
   * What a machine runs, in order.
   *
   * @param cpus its harts
   */
  static List<ProgramRun> all(int cpus) {
    List<ProgramRun> runs = new ArrayList<>();
    for (BenchProgram program : BenchProgram.ALL) {
      runs.add(new ProgramRun(program, 1));
    }
    if (cpus >= 2) {
      runs.add(new ProgramRun(BenchProgram.LANES, 1));
      runs.add(new ProgramRun(BenchProgram.LANES, 2));
    }
    return runs;
  }

  /**
   * The line, as {@code init.c} reads it.
   *
   * @param workFactor multiplies the iterations
   */
  String planLine(int workFactor) {
    return program.name() + " " + (long) program.iterations() * workFactor + " " + threads;
  }

  /** Which program computed what: a result that differs is wrong. */
  String identity() {
    return identity(program.name(), threads, program.checksum());
  }

  /** The same of a result. */
  static String identityOf(ProgramResult result) {
    return identity(result.program(), result.threads(), result.checksum());
  }

  private static String identity(String program, int threads, long checksum) {
    return "%s %016x%s"
        .formatted(program, checksum, threads == 1 ? "" : " in " + threads + " threads");
  }
}
