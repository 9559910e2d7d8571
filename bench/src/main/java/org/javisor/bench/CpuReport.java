package org.javisor.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * What a comparison of processors found. Every figure is the median over the runs; a ratio is the
 * median of the ratios of runs that followed each other, above 1 where Javisor was faster.
 *
 * @param programs one entry per program
 * @param speedUp what a second thread brings, if machines have two harts or more
 * @param boot the boot up to the first user program
 * @param memory of Javisor's process
 * @param peerMemory of the peer's process, if there was one
 * @param peer the peer's name, if there was one
 */
public record CpuReport(
    List<Program> programs,
    Optional<SpeedUp> speedUp,
    BootTime boot,
    MemoryUse memory,
    Optional<MemoryUse> peerMemory,
    Optional<String> peer) {
  /**
   * One program.
   *
   * @param name its name
   * @param here in Javisor's machine
   * @param there in the peer's machine
   * @param ratio Javisor's speed at steady state over the peer's
   * @param wholeRatio the same of all iterations together, warm-up included
   */
  public record Program(
      String name,
      Speed here,
      Optional<Speed> there,
      Optional<Double> ratio,
      Optional<Double> wholeRatio) {}

  /**
   * How fast a program was in one machine.
   *
   * @param seconds elapsed in all iterations
   * @param steadySeconds elapsed in one iteration at steady state: the median of the second half
   * @param secondsToSteady from the start until iterations ran at 90 % of the steady speed
   * @param instructionsPerSecond retired at steady state, where the machine counts them for user
   *     mode
   */
  public record Speed(
      double seconds,
      double steadySeconds,
      double secondsToSteady,
      Optional<Double> instructionsPerSecond) {}

  /**
   * How many times as fast two threads did the work of one, at steady state.
   *
   * @param here in Javisor's machine
   * @param there in the peer's machine
   */
  public record SpeedUp(double here, Optional<Double> there) {}

  public CpuReport {
    programs = List.copyOf(programs);
  }

  /** The geometric mean of the programs' ratios at steady state, if there was a peer. */
  public Optional<Double> geometricMean() {
    return geometricMean(Program::ratio);
  }

  /** The same of whole runs, warm-up included. */
  public Optional<Double> wholeGeometricMean() {
    return geometricMean(Program::wholeRatio);
  }

  private Optional<Double> geometricMean(Function<Program, Optional<Double>> ratio) {
    if (peer.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        GeometricMean.of(
            programs.stream().map(program -> ratio.apply(program).orElseThrow()).toList()));
  }

  /**
   * Sums up.
   *
   * @param peer its name, if there was one
   */
  static CpuReport of(PairedRuns runs, Optional<String> peer) {
    List<Program> programs = new ArrayList<>();
    List<ProgramResult> results = runs.here().getFirst().results();
    for (int i = 0; i < results.size(); i++) {
      if (!results.get(i).program().equals(BenchProgram.LANES.name())) {
        programs.add(program(i, runs));
      }
    }
    return new CpuReport(
        programs, speedUp(runs), runs.boot(), runs.memoryHere(), runs.memoryThere(), peer);
  }

  private static Program program(int index, PairedRuns runs) {
    return new Program(
        runs.here().getFirst().results().get(index).program(),
        speed(index, runs::medianHere),
        runs.there().isEmpty()
            ? Optional.empty()
            : Optional.of(speed(index, value -> runs.medianThere(value).orElseThrow())),
        runs.ratio(run -> run.results().get(index).steady()),
        runs.ratio(run -> run.results().get(index).nanoseconds()));
  }

  private static Speed speed(int index, ToDoubleFunction<ToDoubleFunction<MachineRun>> median) {
    double steady = median.applyAsDouble(run -> run.results().get(index).steady() / 1e9);
    double instructions =
        median.applyAsDouble(
            run ->
                (double) run.results().get(index).instructions()
                    / run.results().get(index).iterations());
    return new Speed(
        median.applyAsDouble(run -> run.results().get(index).nanoseconds() / 1e9),
        steady,
        median.applyAsDouble(run -> run.results().get(index).settled() / 1e9),
        instructions > 0 ? Optional.of(instructions / steady) : Optional.empty());
  }

  private static Optional<SpeedUp> speedUp(PairedRuns runs) {
    return runs.here().getFirst().results().stream().anyMatch(result -> isLanes(result, 2))
        ? Optional.of(
            new SpeedUp(runs.medianHere(CpuReport::speedUp), runs.medianThere(CpuReport::speedUp)))
        : Optional.empty();
  }

  private static double speedUp(MachineRun run) {
    return (double) steadyOfLanes(run, 1) / steadyOfLanes(run, 2);
  }

  private static long steadyOfLanes(MachineRun run, int threads) {
    return run.results().stream()
        .filter(result -> isLanes(result, threads))
        .findFirst()
        .orElseThrow()
        .steady();
  }

  private static boolean isLanes(ProgramResult result, int threads) {
    return result.program().equals(BenchProgram.LANES.name()) && result.threads() == threads;
  }
}
