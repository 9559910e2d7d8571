package org.javisor.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.javisor.host.MachineSpec;
import org.javisor.host.ProblemException;
import org.javisor.image.Image;
import org.javisor.image.initramfs.DiskInitramfs;

/**
 * Measures programs of Debian: boots an image of Debian several times, in turn with a peer if one
 * is named, and has systemd run them once it has reached multi-user.target. Kernel, disk and
 * initial RAM disk are the same in both; the latter puts the workloads on the disk, whose changes
 * are thrown away.
 */
public final class ProgramsBench {
  /** The packages that the image needs besides those of every Debian. */
  public static final List<String> PACKAGES = List.of("openssl", "python3", "sqlite3");

  /** A machine that panics must not wait for anybody. */
  private static final String MORE_WORDS = " panic=-1";

  private static final Duration LIMIT_PER_WORK = Duration.ofMinutes(10);
  private static final Duration LIMIT_OF_BOOT = Duration.ofMinutes(10);

  /** Where the files of the guest go, by their names here. */
  private static final Map<String, String> FILES =
      Map.of(
          "run.sh", "etc/javisor-bench/run",
          "text.pl", "etc/javisor-bench/text.pl",
          "compute.py", "etc/javisor-bench/compute.py",
          "query.sql", "etc/javisor-bench/query.sql",
          "javisor-bench.service", "etc/systemd/system/javisor-bench.service",
          "multi-user.conf", "etc/systemd/system/multi-user.target.d/javisor-bench.conf");

  /**
   * What is to be measured.
   *
   * @param start the command that starts {@code javisor}, before its arguments
   * @param image Debian with {@link #PACKAGES}
   * @param againstQemu whether to compare with QEMU
   * @param runs how often each machine is booted, 1 to 99
   * @param workFactor multiplies the work of every program, 1 to 100
   * @param cpus harts of each machine
   * @param memory bytes of each machine's memory, at least {@link #LEAST_MEMORY}
   */
  public record Plan(
      List<String> start,
      Image image,
      boolean againstQemu,
      int runs,
      int workFactor,
      int cpus,
      long memory) {
    /** The system and the programs need this many bytes of memory. */
    public static final long LEAST_MEMORY = 384L << 20;

    /**
     * Checks the limits.
     *
     * @throws ProblemException naming the first value out of range
     */
    public Plan {
      start = List.copyOf(start);
      checkLimits(runs, workFactor, cpus, memory);
    }

    /**
     * The same checks, for who wants to know before there is an image.
     *
     * @throws ProblemException naming the first value out of range
     */
    public static void checkLimits(int runs, int workFactor, int cpus, long memory) {
      Limits.within("--runs", runs, 99);
      Limits.within("--work", workFactor, 100);
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
  public ProgramsBench(Plan plan, Consumer<String> progress) {
    this.plan = plan;
    this.progress = progress;
  }

  /**
   * Measures; takes some minutes.
   *
   * @throws ProblemException if the image has no disk or lacks a program, the peer is not
   *     installed, or a machine fails or computes something else than the others
   */
  public ProgramsReport run() throws InterruptedException {
    Image image = plan.image();
    if (image.disk().isEmpty()) {
      throw ProblemException.badInput(
          "the image " + image.name() + " has no disk with a system", "name one made from debian");
    }
    Peer javisor = new Peer.Javisor(plan.start());
    Optional<Peer> peer =
        plan.againstQemu() ? Optional.of(Peer.Qemu.installed()) : Optional.empty();
    try (TemporaryRamDisk ramDisk =
        TemporaryRamDisk.of(
            out -> DiskInitramfs.writeWithFiles(out, image.initialRamDisk(), files()))) {
      BootFiles boot =
          new BootFiles(
              image.kernel(),
              ramDisk.file(),
              image.disk(),
              image.commandLine() + MORE_WORDS,
              plan.cpus(),
              plan.memory());
      Duration limit = LIMIT_OF_BOOT.plus(LIMIT_PER_WORK.multipliedBy(plan.workFactor()));
      PairedRuns runs =
          PairedRuns.take(
              javisor, peer, boot, plan.runs(), limit, progress, new Agreement()::check);
      return ProgramsReport.of(runs, peer.map(Peer::name));
    }
  }

  /** All machines have to run the same workloads and to find the same results. */
  private static final class Agreement {
    private List<String> first = List.of();

    void check(Peer peer, MachineRun run) {
      List<String> names = run.workloads().stream().map(Workload::name).toList();
      if (!names.equals(Workload.NAMES)) {
        throw ProblemException.failed(
            "the machine in %s ran %s instead of %s".formatted(peer.name(), names, Workload.NAMES),
            "",
            null);
      }
      for (Workload workload : run.workloads()) {
        if (workload.value() <= 0) {
          throw ProblemException.failed(
              "the machine in %s measured nothing of %s".formatted(peer.name(), workload.name()),
              "",
              null);
        }
      }
      List<String> found =
          run.workloads().stream()
              .map(workload -> workload.name() + " " + workload.checksum())
              .toList();
      if (first.isEmpty()) {
        first = found;
      } else if (!found.equals(first)) {
        throw ProblemException.failed(
            "the machine in %s computed %s, and an earlier one %s"
                .formatted(peer.name(), found, first),
            "",
            null);
      }
    }
  }

  private Map<String, byte[]> files() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (Map.Entry<String, String> file : FILES.entrySet()) {
      files.put(file.getValue(), resource(file.getKey()));
    }
    files.put(
        "etc/javisor-bench/work", (plan.workFactor() + "\n").getBytes(StandardCharsets.US_ASCII));
    return files;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = ProgramsBench.class.getResourceAsStream("guest/" + name)) {
      if (in == null) {
        throw new IOException("the resource " + name + " is missing");
      }
      return in.readAllBytes();
    }
  }
}
