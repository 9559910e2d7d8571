package org.javisor.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * How fast programs of Debian ran, each once from its start to its end as a person would run it.
 * Every figure is the median over the runs; a ratio is the median of the ratios of runs that
 * followed each other, above 1 where Javisor was faster.
 *
 * @param programs one entry per workload
 * @param boot from the start of the process until systemd had reached multi-user.target
 * @param memory of Javisor's process
 * @param peerMemory of the peer's process, if there was one
 * @param peer the peer's name, if there was one
 */
public record ProgramsReport(
    List<Program> programs,
    BootTime boot,
    MemoryUse memory,
    Optional<MemoryUse> peerMemory,
    Optional<String> peer) {
  /**
   * One workload.
   *
   * @param name its name
   * @param unit of its value: {@code s} of time for fixed work, or work in a fixed time, {@code
   *     B/s} or {@code op/s}
   * @param here the value in Javisor's machine
   * @param there the value in the peer's machine
   * @param ratio Javisor's speed over the peer's
   */
  public record Program(
      String name, String unit, double here, Optional<Double> there, Optional<Double> ratio) {}

  public ProgramsReport {
    programs = List.copyOf(programs);
  }

  /** The geometric mean of the ratios, if there was a peer. */
  public Optional<Double> geometricMean() {
    return peer.isEmpty()
        ? Optional.empty()
        : Optional.of(
            GeometricMean.of(
                programs.stream().map(program -> program.ratio().orElseThrow()).toList()));
  }

  /**
   * Sums up.
   *
   * @param peer its name, if there was one
   */
  static ProgramsReport of(PairedRuns runs, Optional<String> peer) {
    List<Program> programs = new ArrayList<>();
    List<Workload> workloads = runs.here().getFirst().workloads();
    for (int i = 0; i < workloads.size(); i++) {
      int index = i;
      Workload.Unit unit = workloads.get(i).unit();
      ToDoubleFunction<MachineRun> value = run -> run.workloads().get(index).value();
      ToDoubleFunction<MachineRun> time =
          unit.isSpeed() ? run -> 1 / value.applyAsDouble(run) : value;
      programs.add(
          new Program(
              workloads.get(i).name(),
              unit.symbol(),
              runs.medianHere(value),
              runs.medianThere(value),
              runs.ratio(time)));
    }
    return new ProgramsReport(programs, runs.boot(), runs.memoryHere(), runs.memoryThere(), peer);
  }
}
