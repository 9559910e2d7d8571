package org.javisor.bench;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * One boot of a benchmark machine, from its process's start to its end.
 *
 * @param firstProgram from the start of the process to the first user program's first line
 * @param results of the programs, in order
 * @param overhead bytes of the process's resident memory that are not guest memory, at the end of
 *     the last program; empty where the system does not say
 */
record MachineRun(Duration firstProgram, List<ProgramResult> results, OptionalLong overhead) {
  MachineRun {
    results = List.copyOf(results);
  }
}
