package org.javisor.cli;

import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.javisor.bench.CpuBench;
import org.javisor.bench.CpuReport;
import org.javisor.bench.CpuReportJson;
import org.javisor.bench.CpuReportText;
import org.javisor.bench.OwnCommand;
import org.javisor.host.ByteSize;
import org.javisor.host.Host;
import org.javisor.host.ProblemException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code javisor bench}. */
@Command(
    name = "bench",
    description = "Measure machines, alone or side by side with a peer.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {BenchCommand.Cpu.class, BenchProgramsCommand.class},
    footerHeading = "%nExamples:%n",
    footer = {
      "  javisor bench cpu",
      "  javisor bench cpu --against qemu",
      "  javisor bench programs --against qemu"
    })
final class BenchCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();
  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        Objects.requireNonNull(spec).commandLine(), "bench needs what to measure: cpu or programs");
  }

  /** Refuses to compare with a peer that nobody knows; {@code null} is none at all. */
  static void requirePeer(@Nullable String name) {
    if (name != null && !name.equals("qemu")) {
      throw ProblemException.badInput("'" + name + "' is no peer known here", "say qemu");
    }
  }

  /** {@code javisor bench cpu}. */
  @Command(
      name = "cpu",
      description = {
        "Run small C programs in a machine and print how fast they were: hash, sort, matrix,"
            + " interpreter, recursion, memory copy, pointer chase, and the boot itself.",
        "Against a peer the same kernel and initial RAM disk run there in turn; a ratio above 1"
            + " means faster than the peer. The ratio is at steady state: of the median of the second"
            + " half of the iterations. How long the warm-up took, and whole runs, are shown beside it.",
        "With --cpus 2 or more it also shows how many times as fast two threads are as one."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  javisor bench cpu",
        "  javisor bench cpu --against qemu --runs 5",
        "  javisor bench cpu --against qemu --cpus 2",
        "  javisor bench cpu --against qemu --json"
      })
  static final class Cpu implements Callable<Integer> {
    @Mixin HelpOption help = new HelpOption();

    @Option(
        names = "--against",
        paramLabel = "PEER",
        description = "Compare with this peer: qemu (qemu-system-riscv64).")
    @Nullable String against;

    @Option(
        names = "--runs",
        paramLabel = "N",
        defaultValue = "3",
        description = "How often each machine is booted, by default 3; medians are shown.")
    int runs;

    @Option(
        names = "--work",
        paramLabel = "N",
        defaultValue = "5",
        description =
            "Multiplies the iterations of each program, by default 5; with less than that, some end"
                + " before they are at steady state.")
    int work;

    @Option(
        names = "--cpus",
        paramLabel = "N",
        defaultValue = "1",
        description = "CPUs of each machine, by default 1.")
    int cpus;

    @Option(
        names = "--memory",
        paramLabel = "SIZE",
        defaultValue = "512MiB",
        description = "Memory of each machine, by default 512MiB.")
    String memory = "";

    @Option(
        names = "--kernel",
        paramLabel = "FILE",
        description = "The kernel to boot; by default that of the busybox image.")
    @Nullable Path kernel;

    @Mixin MirrorOption place = new MirrorOption();

    @Option(names = "--json", description = "Write JSON.")
    boolean json;

    @Override
    public Integer call() throws InterruptedException {
      requirePeer(against);
      CpuBench.Plan plan =
          new CpuBench.Plan(
              OwnCommand.withoutArguments(Javisor.class),
              kernel == null ? imageKernel() : kernel,
              against != null,
              runs,
              work,
              cpus,
              ByteSize.parse(memory));
      CpuReport report = new CpuBench(plan, Words::say).run();
      if (json) {
        System.out.println(CpuReportJson.of(report));
      } else {
        CpuReportText.table(report).forEach(System.out::println);
      }
      return ExitCode.DONE;
    }

    private Path imageKernel() throws InterruptedException {
      try (ProgressDisplay progress = ProgressDisplay.onStandardError()) {
        Host host = place.host(progress);
        return Host.explained(() -> host.images().obtain("busybox", progress)).kernel();
      }
    }
  }
}
