package org.javisor.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.javisor.host.MachineSpec;
import org.javisor.host.ProblemException;
import org.javisor.riscv.board.boot.KernelImage;
import org.javisor.riscv.board.boot.KernelImageException;

/**
 * Measures the processor: boots a machine with our C programs several times, in turn with a peer if
 * one is named, and compares.
 */
public final class CpuBench {
  /** The lean command line of our own images, and no waiting for anybody after a panic. */
  private static final String WORDS =
      "quiet panic=-1 cryptomgr.notests=1 initcall_blacklist=jent_mod_init";

  private static final Duration LIMIT_PER_WORK = Duration.ofMinutes(2);
  private static final Duration LIMIT_OF_BOOT = Duration.ofMinutes(3);

  /**
   * What is to be measured.
   *
   * @param start the command that starts {@code javisor}, before its arguments
   * @param kernel the kernel all machines boot
   * @param againstQemu whether to compare with QEMU
   * @param runs how often each machine is booted, 1 to 99
   * @param workFactor multiplies the work of every program, 1 to 1000: at 1 an engine that compiles
   *     has little time to warm up
   * @param cpus harts of each machine
   * @param memory bytes of each machine's memory, at least {@link #LEAST_MEMORY}
   */
  public record Plan(
      List<String> start,
      Path kernel,
      boolean againstQemu,
      int runs,
      int workFactor,
      int cpus,
      long memory) {
    /** The programs need this many bytes of memory. */
    public static final long LEAST_MEMORY = 192L << 20;

    /**
     * Checks the limits.
     *
     * @throws ProblemException naming the first value out of range
     */
    public Plan {
      start = List.copyOf(start);
      Limits.within("--runs", runs, 99);
      Limits.within("--work", workFactor, 1000);
      Limits.within("--cpus", cpus, MachineSpec.MAX_CPUS);
      Limits.memory(memory, LEAST_MEMORY);
    }
  }

  private final Plan plan;
  private final Consumer<String> progress;

  /**
   * A measurement.
   *
   * @param progress is told what happens, one line at a time
   */
  public CpuBench(Plan plan, Consumer<String> progress) {
    this.plan = plan;
    this.progress = progress;
  }

  /**
   * Measures; takes a minute or more.
   *
   * @throws ProblemException if the kernel is none, the programs are not built, the peer is not
   *     installed, or a machine fails or computes something wrong
   */
  public CpuReport run() throws InterruptedException {
    checkKernel();
    Peer javisor = new Peer.Javisor(plan.start());
    Optional<Peer> peer =
        plan.againstQemu() ? Optional.of(Peer.Qemu.installed()) : Optional.empty();
    // Checked before a file is made: without the programs there is nothing to do.
    BenchProgram.initExecutable();
    try (TemporaryRamDisk ramDisk =
        TemporaryRamDisk.of(out -> RamDisk.write(out, plan.workFactor(), plan.cpus()))) {
      BootFiles boot =
          new BootFiles(
              plan.kernel(), ramDisk.file(), Optional.empty(), WORDS, plan.cpus(), plan.memory());
      Duration limit = LIMIT_OF_BOOT.plus(LIMIT_PER_WORK.multipliedBy(plan.workFactor()));
      PairedRuns runs =
          PairedRuns.take(javisor, peer, boot, plan.runs(), limit, progress, this::check);
      return CpuReport.of(runs, peer.map(Peer::name));
    }
  }

  /** Before any peer is started, each of which would complain in its own way. */
  private void checkKernel() {
    try {
      KernelImage.open(plan.kernel());
    } catch (KernelImageException e) {
      throw ProblemException.badInput(String.valueOf(e.getMessage()), "name another --kernel");
    } catch (IOException e) {
      throw ProblemException.badInput(
          "the kernel " + plan.kernel() + " cannot be read", "name a file you may read");
    }
  }

  /** A machine that computes something else is not worth measuring. */
  private void check(Peer peer, MachineRun run) {
    List<ProgramResult> results = run.results();
    List<String> found = results.stream().map(ProgramRun::identityOf).toList();
    List<String> expected = ProgramRun.all(plan.cpus()).stream().map(ProgramRun::identity).toList();
    if (!found.equals(expected)) {
      throw ProblemException.failed(
          "the machine in %s computed %s instead of %s".formatted(peer.name(), found, expected),
          "",
          null);
    }
    for (ProgramResult result : results) {
      if (result.nanoseconds() <= 0 || result.steady() <= 0) {
        throw ProblemException.failed(
            "the clock in %s stood still during %s".formatted(peer.name(), result.program()),
            "",
            null);
      }
    }
  }
}
