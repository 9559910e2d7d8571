package org.javisor.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
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
    Boot boot,
    Memory memory,
    Optional<Memory> peerMemory,
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

  /**
   * The boot.
   *
   * @param seconds from the start of Javisor's process to the first user program
   * @param peerSeconds from the start of the peer's process
   * @param ratio Javisor's speed over the peer's
   */
  public record Boot(double seconds, Optional<Double> peerSeconds, Optional<Double> ratio) {}

  /**
   * Memory of a machine's process in bytes, each where it is known.
   *
   * @param overhead what is resident beyond what the guest touched, after the last program
   * @param peak the most that was resident at any time, with the guest's
   * @param codeCache code compiled by the process's JVM, at its end
   */
  public record Memory(
      Optional<Double> overhead, Optional<Double> peak, Optional<Double> codeCache) {}

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
   * Sums up runs of the same machine, at least one; those of the peer are as many, or none.
   *
   * @param peer its name
   */
  static CpuReport of(List<MachineRun> runs, Optional<String> peer, List<MachineRun> peerRuns) {
    List<Program> programs = new ArrayList<>();
    List<ProgramResult> results = runs.getFirst().results();
    for (int i = 0; i < results.size(); i++) {
      if (!results.get(i).program().equals(BenchProgram.LANES.name())) {
        programs.add(program(i, runs, peerRuns));
      }
    }
    ToDoubleFunction<MachineRun> bootTime = run -> run.firstProgram().toNanos() / 1e9;
    return new CpuReport(
        programs,
        speedUp(runs, peerRuns),
        new Boot(
            median(runs, bootTime),
            optionalMedian(peerRuns, bootTime),
            ratio(runs, peerRuns, bootTime)),
        memory(runs),
        peer.map(name -> memory(peerRuns)),
        peer);
  }

  private static Program program(int index, List<MachineRun> runs, List<MachineRun> peerRuns) {
    return new Program(
        runs.getFirst().results().get(index).program(),
        speed(index, runs),
        peerRuns.isEmpty() ? Optional.empty() : Optional.of(speed(index, peerRuns)),
        ratio(runs, peerRuns, run -> run.results().get(index).steady()),
        ratio(runs, peerRuns, run -> run.results().get(index).nanoseconds()));
  }

  private static Speed speed(int index, List<MachineRun> runs) {
    double steady = median(runs, run -> run.results().get(index).steady() / 1e9);
    double instructions =
        median(
            runs,
            run ->
                (double) run.results().get(index).instructions()
                    / run.results().get(index).iterations());
    return new Speed(
        median(runs, run -> run.results().get(index).nanoseconds() / 1e9),
        steady,
        median(runs, run -> run.results().get(index).settled() / 1e9),
        instructions > 0 ? Optional.of(instructions / steady) : Optional.empty());
  }

  private static Optional<SpeedUp> speedUp(List<MachineRun> runs, List<MachineRun> peerRuns) {
    return speedUp(runs).map(here -> new SpeedUp(here, speedUp(peerRuns)));
  }

  private static Optional<Double> speedUp(List<MachineRun> runs) {
    List<Double> each = new ArrayList<>();
    for (MachineRun run : runs) {
      Optional<Double> one = steadyOfLanes(run, 1);
      Optional<Double> two = steadyOfLanes(run, 2);
      if (one.isPresent() && two.isPresent()) {
        each.add(one.get() / two.get());
      }
    }
    return each.isEmpty() ? Optional.empty() : Optional.of(Median.of(each));
  }

  private static Optional<Double> steadyOfLanes(MachineRun run, int threads) {
    return run.results().stream()
        .filter(result -> result.program().equals(BenchProgram.LANES.name()))
        .filter(result -> result.threads() == threads)
        .map(result -> (double) result.steady())
        .findFirst();
  }

  private static Memory memory(List<MachineRun> runs) {
    return new Memory(
        known(runs, ProcessMemory::overhead),
        known(runs, ProcessMemory::peak),
        known(runs, ProcessMemory::codeCache));
  }

  private static Optional<Double> known(
      List<MachineRun> runs, Function<ProcessMemory, OptionalLong> figure) {
    List<MachineRun> known =
        runs.stream().filter(run -> figure.apply(run.memory()).isPresent()).toList();
    return optionalMedian(known, run -> figure.apply(run.memory()).orElseThrow());
  }

  private static double median(List<MachineRun> runs, ToDoubleFunction<MachineRun> value) {
    return Median.of(runs.stream().map(value::applyAsDouble).toList());
  }

  private static Optional<Double> optionalMedian(
      List<MachineRun> runs, ToDoubleFunction<MachineRun> value) {
    return runs.isEmpty() ? Optional.empty() : Optional.of(median(runs, value));
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
