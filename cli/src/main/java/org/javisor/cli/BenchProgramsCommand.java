package org.javisor.cli;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.javisor.bench.OwnCommand;
import org.javisor.bench.ProgramsBench;
import org.javisor.bench.ProgramsReport;
import org.javisor.bench.ProgramsReportJson;
import org.javisor.bench.ProgramsReportText;
import org.javisor.host.Host;
import org.javisor.image.Image;
import org.javisor.image.ImageException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code javisor bench programs}. */
@Command(
    name = "programs",
    description = {
      "Boot Debian and run programs of it: perl, gzip, python3, sqlite3 and openssl; print how fast"
          + " they were, and how long systemd took to multi-user.target.",
      "Against a peer the same kernel, initial RAM disk and disk run there in turn; a ratio above 1"
          + " means faster than the peer. The image is called bench and is made when it is not here,"
          + " which takes some minutes."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  javisor bench programs",
      "  javisor bench programs --against qemu --runs 5",
      "  javisor bench programs --against qemu --json"
    })
final class BenchProgramsCommand implements Callable<Integer> {
  private static final String IMAGE = "bench";

  @Mixin HelpOption help = new HelpOption();
  @Mixin BenchOptions options = new BenchOptions();

  @Option(
      names = "--work",
      paramLabel = "N",
      defaultValue = "1",
      description = "Multiplies the work of each program, by default 1.")
  int work;

  @Mixin MirrorOption place = new MirrorOption();

  @Override
  public Integer call() throws InterruptedException {
    boolean againstQemu = options.againstQemu();
    long memory = options.memoryBytes();
    // Before minutes go into an image.
    ProgramsBench.Plan.checkLimits(options.runs, work, options.cpus, memory);
    ProgramsBench.Plan plan =
        new ProgramsBench.Plan(
            OwnCommand.withoutArguments(Javisor.class),
            image(),
            againstQemu,
            options.runs,
            work,
            options.cpus,
            memory);
    ProgramsReport report = new ProgramsBench(plan, Words::say).run();
    if (options.json) {
      System.out.println(ProgramsReportJson.of(report));
    } else {
      ProgramsReportText.table(report).forEach(System.out::println);
    }
    return ExitCode.DONE;
  }

  private Image image() throws InterruptedException {
    try (ProgressDisplay progress = ProgressDisplay.onStandardError()) {
      Host host = place.host(progress);
      return Host.explained(
          () -> {
            Optional<Image> here = usable(host);
            return here.isPresent()
                ? here.get()
                : host.images().build(IMAGE, ProgramsBench.PACKAGES, progress);
          });
    }
  }

  /** One that another version of Javisor made is made again. */
  private static Optional<Image> usable(Host host) throws IOException {
    try {
      return host.images().find(IMAGE);
    } catch (ImageException.OtherFormat e) {
      return Optional.empty();
    }
  }
}
