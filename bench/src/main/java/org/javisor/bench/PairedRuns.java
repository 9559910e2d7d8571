package org.javisor.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Runs of the same machine in Javisor and in a peer, in turn. Figures are medians over the runs.
 *
 * @param here in Javisor, at least one
 * @param there in the peer, as many or none
 */
record PairedRuns(List<MachineRun> here, List<MachineRun> there) {
  PairedRuns {
    here = List.copyOf(here);
    there = List.copyOf(there);
  }

  /**
   * Boots the machine so many times in each.
   *
   * @param limit of the time of one run
   * @param progress is told of each run
   * @param check throws if a run is not as it must be
   * @throws org.javisor.host.ProblemException if a run fails
   */
  static PairedRuns take(
      Peer javisor,
      Optional<Peer> peer,
      BootFiles boot,
      int rounds,
      Duration limit,
      Consumer<String> progress,
      BiConsumer<Peer, MachineRun> check)
      throws InterruptedException {
    List<MachineRun> here = new ArrayList<>();
    List<MachineRun> there = new ArrayList<>();
    for (int round = 1; round <= rounds; round++) {
      for (Peer each : peer.isPresent() ? List.of(javisor, peer.get()) : List.of(javisor)) {
        progress.accept("run %d of %d in %s".formatted(round, rounds, each.name()));
        MachineRun run = new MachineProcess(each, boot, limit).run();
        check.accept(each, run);
        (each.equals(javisor) ? here : there).add(run);
      }
    }
    return new PairedRuns(here, there);
  }

  /** Of Javisor's runs. */
  double medianHere(ToDoubleFunction<MachineRun> value) {
    return median(here, value);
  }

  /** Of the peer's runs, if there are any. */
  Optional<Double> medianThere(ToDoubleFunction<MachineRun> value) {
    return there.isEmpty() ? Optional.empty() : Optional.of(median(there, value));
  }

  /** The median of what the peer's time is of Javisor's, of runs that followed each other. */
  Optional<Double> ratio(ToDoubleFunction<MachineRun> time) {
    if (there.isEmpty()) {
      return Optional.empty();
    }
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < here.size(); i++) {
      ratios.add(time.applyAsDouble(there.get(i)) / time.applyAsDouble(here.get(i)));
    }
    return Optional.of(Median.of(ratios));
  }

  /** The boot up to the first program. */
  BootTime boot() {
    ToDoubleFunction<MachineRun> seconds = run -> run.firstProgram().toNanos() / 1e9;
    return new BootTime(medianHere(seconds), medianThere(seconds), ratio(seconds));
  }

  /** What Javisor's process took of memory. */
  MemoryUse memoryHere() {
    return memory(here);
  }

  /** What the peer's process took, if there is one. */
  Optional<MemoryUse> memoryThere() {
    return there.isEmpty() ? Optional.empty() : Optional.of(memory(there));
  }

  private static MemoryUse memory(List<MachineRun> runs) {
    return new MemoryUse(
        known(runs, ProcessMemory::overhead),
        known(runs, ProcessMemory::peak),
        known(runs, ProcessMemory::codeCache));
  }

  private static Optional<Double> known(
      List<MachineRun> runs, Function<ProcessMemory, OptionalLong> figure) {
    List<MachineRun> known =
        runs.stream().filter(run -> figure.apply(run.memory()).isPresent()).toList();
    return known.isEmpty()
        ? Optional.empty()
        : Optional.of(median(known, run -> figure.apply(run.memory()).orElseThrow()));
  }

  private static double median(List<MachineRun> runs, ToDoubleFunction<MachineRun> value) {
    return Median.of(runs.stream().map(value::applyAsDouble).toList());
  }
}
