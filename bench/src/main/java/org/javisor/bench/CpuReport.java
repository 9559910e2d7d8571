package org.javisor.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What a comparison of processors found. Every figure is the median over the runs; a ratio is the
 * median of the ratios of runs that followed each other, above 1 where Javisor was faster.
 *
 * @param programs one entry per program
 * @param boot the boot up to the first user program
 * @param peer the peer's name, if there was one
 */
public record CpuReport(List<Program> programs, Boot boot, Optional<String> peer) {
  /**
   * One program.
   *
   * @param name its name
   * @param seconds elapsed in Javisor's machine
   * @param instructions retired in Javisor's machine; 0 if it does not count them for user mode
   * @param peerSeconds elapsed in the peer's machine
   * @param ratio Javisor's speed over the peer's
   */
  public record Program(
      String name,
      double seconds,
      double instructions,
      Optional<Double> peerSeconds,
      Optional<Double> ratio) {
    /** Instructions per second in Javisor's machine, if it counts them. */
    public Optional<Double> instructionsPerSecond() {
      return instructions > 0 ? Optional.of(instructions / seconds) : Optional.empty();
    }
  }

  /**
   * The boot.
   *
   * @param seconds from the start of Javisor's process to the first user program
   * @param overhead bytes Javisor's process has in memory beyond what the guest touched, if known
   * @param peerSeconds from the start of the peer's process
   * @param peerOverhead the peer's, if known
   * @param ratio Javisor's speed over the peer's
   */
  public record Boot(
      double seconds,
      Optional<Double> overhead,
      Optional<Double> peerSeconds,
      Optional<Double> peerOverhead,
      Optional<Double> ratio) {}

  public CpuReport {
    programs = List.copyOf(programs);
  }

  /** The geometric mean of the programs' ratios, if there was a peer. */
  public Optional<Double> geometricMean() {
    if (peer.isEmpty()) {
      return Optional.empty();
    }
    double logarithms = 0;
    for (Program program : programs) {
      logarithms += Math.log(program.ratio().orElseThrow());
    }
    return Optional.of(Math.exp(logarithms / programs.size()));
  }

  /**
   * Sums up runs of the same machine, at least one; those of the peer are as many, or none.
   *
   * @param peer its name
   */
  static CpuReport of(List<MachineRun> runs, Optional<String> peer, List<MachineRun> peerRuns) {
    List<Program> programs = new ArrayList<>();
    for (int i = 0; i < runs.getFirst().results().size(); i++) {
      int index = i;
      ToDoubleFunction<MachineRun> time = run -> run.results().get(index).nanoseconds() / 1e9;
      programs.add(
          new Program(
              runs.getFirst().results().get(i).program(),
              median(runs, time),
              median(runs, run -> run.results().get(index).instructions()),
              optionalMedian(peerRuns, time),
              ratio(runs, peerRuns, time)));
    }
    ToDoubleFunction<MachineRun> bootTime = run -> run.firstProgram().toNanos() / 1e9;
    return new CpuReport(
        programs,
        new Boot(
            median(runs, bootTime),
            overhead(runs),
            optionalMedian(peerRuns, bootTime),
            overhead(peerRuns),
            ratio(runs, peerRuns, bootTime)),
        peer);
  }

  private static double median(List<MachineRun> runs, ToDoubleFunction<MachineRun> value) {
    return Median.of(runs.stream().map(value::applyAsDouble).toList());
  }

  private static Optional<Double> optionalMedian(
      List<MachineRun> runs, ToDoubleFunction<MachineRun> value) {
    return runs.isEmpty() ? Optional.empty() : Optional.of(median(runs, value));
  }

  private static Optional<Double> overhead(List<MachineRun> runs) {
    List<MachineRun> known = runs.stream().filter(run -> run.overhead().isPresent()).toList();
    return optionalMedian(known, run -> run.overhead().orElseThrow());
  }

  private static Optional<Double> ratio(
      List<MachineRun> runs, List<MachineRun> peerRuns, ToDoubleFunction<MachineRun> time) {
    if (peerRuns.isEmpty()) {
      return Optional.empty();
    }
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < runs.size(); i++) {
      ratios.add(time.applyAsDouble(peerRuns.get(i)) / time.applyAsDouble(runs.get(i)));
    }
    return Optional.of(Median.of(ratios));
  }
}
