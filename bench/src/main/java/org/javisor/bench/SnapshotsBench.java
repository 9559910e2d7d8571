package org.javisor.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.javisor.host.Host;
import org.javisor.host.MachineSpec;
import org.javisor.host.ProblemException;
import org.javisor.image.Image;

/** Measures how machines go on from snapshots, here and, in turn, in QEMU. */
public final class SnapshotsBench {
  /** The JVM has compiled by then what the first copies interpret. */
  private static final int WARM_UP = 5;

  /**
   * What is to be measured.
   *
   * @param host where the machines run: in this process
   * @param image one without a disk that boots to a shell on its console
   * @param againstQemu whether to compare with QEMU
   * @param runs how often a machine is restored, 1 to 99
   * @param machines copies that run side by side, 1 to 200
   * @param cpus harts of each machine
   * @param memory bytes of the restored machine's memory
   * @param copyMemory bytes of each copy's memory
   */
  public record Plan(
      Host host,
      Image image,
      boolean againstQemu,
      int runs,
      int machines,
      int cpus,
      long memory,
      long copyMemory) {
    /** Debian's kernel needs so much to find its memory sections in. */
    public static final long LEAST_MEMORY = 88L << 20;

    /**
     * Checks the limits.
     *
     * @throws ProblemException naming the first value out of range
     */
    public Plan {
      Limits.within("--runs", runs, 99);
      Limits.within("--machines", machines, 200);
      Limits.within("--cpus", cpus, MachineSpec.MAX_CPUS);
      Limits.memory(memory, LEAST_MEMORY);
      Limits.memory(copyMemory, LEAST_MEMORY);
    }
  }

  private final Plan plan;
  private final Consumer<String> progress;

  /**
   * A measurement.
   *
   * @param progress is told what happens, one line at a time
   */
  public SnapshotsBench(Plan plan, Consumer<String> progress) {
    this.plan = plan;
    this.progress = progress;
  }

  /**
   * Measures.
   *
   * @throws ProblemException if the peer is not installed, or a machine does not do what it should
   */
  public SnapshotsReport run() throws InterruptedException {
    Optional<Peer.Qemu> qemu =
        plan.againstQemu() ? Optional.of(Peer.Qemu.installed()) : Optional.empty();
    SnapshotsReport.Figure restore = restore(qemu);
    List<Double> there = new ArrayList<>();
    Optional<Double> bytesThere = Optional.empty();
    if (qemu.isPresent()) {
      progress.accept("%d machines in qemu".formatted(plan.machines()));
      try (QemuSnapshots side =
          QemuSnapshots.take(qemu.get(), plan.image(), plan.cpus(), plan.copyMemory())) {
        for (int i = 0; i < plan.machines(); i++) {
          there.add(side.copy().seconds());
        }
        bytesThere = Optional.of((double) side.memory() / plan.machines());
      }
    }
    progress.accept("%d machines in javisor".formatted(plan.machines()));
    List<SnapshotSide.Copy> copies = new ArrayList<>();
    try (JavisorSnapshots side =
        JavisorSnapshots.take(
            plan.host(), plan.image().name(), plan.cpus(), plan.copyMemory(), false)) {
      warmUp(side);
      side.beginToMeasure();
      for (int i = 0; i < plan.machines(); i++) {
        copies.add(side.copy());
      }
      double bytes = side.memory();
      double written = side.written();
      return new SnapshotsReport(
          restore,
          new SnapshotsReport.Figure(
              Median.of(copies.stream().map(SnapshotSide.Copy::seconds).toList()),
              there.isEmpty() ? Optional.empty() : Optional.of(Median.of(there))),
          plan.machines(),
          new SnapshotsReport.Figure(bytes / plan.machines(), bytesThere),
          (bytes - written) / plan.machines(),
          qemu.map(Peer.Qemu::name));
    } finally {
      copies.forEach(SnapshotSide.Copy::close);
    }
  }

  private SnapshotsReport.Figure restore(Optional<Peer.Qemu> qemu) throws InterruptedException {
    List<Double> here = new ArrayList<>();
    List<Double> there = new ArrayList<>();
    progress.accept("the machine to restore");
    try (JavisorSnapshots javisor =
        JavisorSnapshots.take(plan.host(), plan.image().name(), plan.cpus(), plan.memory(), true)) {
      warmUp(javisor);
      if (qemu.isEmpty()) {
        measure(javisor, here, there, Optional.empty());
      } else {
        try (QemuSnapshots side =
            QemuSnapshots.take(qemu.get(), plan.image(), plan.cpus(), plan.memory())) {
          measure(javisor, here, there, Optional.of(side));
        }
      }
    }
    return new SnapshotsReport.Figure(
        Median.of(here), there.isEmpty() ? Optional.empty() : Optional.of(Median.of(there)));
  }

  private void measure(
      SnapshotSide javisor, List<Double> here, List<Double> there, Optional<QemuSnapshots> peer)
      throws InterruptedException {
    for (int run = 1; run <= plan.runs(); run++) {
      progress.accept("restore %d of %d".formatted(run, plan.runs()));
      here.add(secondsOf(javisor));
      if (peer.isPresent()) {
        there.add(secondsOf(peer.get()));
      }
    }
  }

  private static double secondsOf(SnapshotSide side) throws InterruptedException {
    try (SnapshotSide.Copy copy = side.copy()) {
      return copy.seconds();
    }
  }

  private static void warmUp(SnapshotSide side) throws InterruptedException {
    for (int i = 0; i < WARM_UP; i++) {
      double ignored = secondsOf(side);
      assert ignored > 0;
    }
  }
}
