package org.javisor.bench;

import java.time.Duration;
import java.util.List;

/**
 * One boot of a benchmark machine, from its process's start to its end.
 *
 * @param firstProgram from the start of the process to the first user program's first line
 * @param results of our programs, in order
 * @param workloads of Debian's programs, in order
 * @param memory of the process at the end of the last program
 */
record MachineRun(
    Duration firstProgram,
    List<ProgramResult> results,
    List<Workload> workloads,
    ProcessMemory memory) {
  MachineRun {
    results = List.copyOf(results);
    workloads = List.copyOf(workloads);
  }
}
