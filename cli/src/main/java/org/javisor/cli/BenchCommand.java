package org.javisor.cli;

import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.javisor.bench.CpuBench;
import org.javisor.bench.CpuReport;
import org.javisor.bench.CpuReportJson;
import org.javisor.bench.CpuReportText;
import org.javisor.bench.OwnCommand;
import org.javisor.host.Host;
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
    subcommands = {
      BenchCommand.Cpu.class,
      BenchProgramsCommand.class,
      BenchSnapshotsCommand.class,
      BenchIsolationCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  javisor bench cpu",
      "  javisor bench cpu --against qemu",
      "  javisor bench programs --against qemu",
      "  javisor bench snapshots --against qemu",
      "  javisor bench isolation"
    })
final class BenchCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();
  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        Objects.requireNonNull(spec).commandLine(),
        "bench needs what to measure: cpu, programs, snapshots or isolation");
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
    @Mixin BenchOptions options = new BenchOptions();

    @Option(
        names = "--work",
        paramLabel = "N",
        defaultValue = "5",
        description =
            "Multiplies the iterations of each program, by default 5; with less than that, some end"
                + " before they are at steady state.")
    int work;

    @Option(
        names = "--kernel",
        paramLabel = "FILE",
        description = "The kernel to boot; by default that of the busybox image.")
    @Nullable Path kernel;

    @Mixin MirrorOption place = new MirrorOption();

    @Override
    public Integer call() throws InterruptedException {
      boolean againstQemu = options.againstQemu();
      CpuBench.Plan plan =
          new CpuBench.Plan(
              OwnCommand.withoutArguments(Javisor.class),
              kernel == null ? imageKernel() : kernel,
              againstQemu,
              options.runs,
              work,
              options.cpus,
              options.memoryBytes());
      CpuReport report = new CpuBench(plan, Words::say).run();
      if (options.json) {
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
