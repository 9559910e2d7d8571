package org.javisor.cli;

import java.util.concurrent.Callable;
import org.javisor.bench.SnapshotsBench;
import org.javisor.bench.SnapshotsReport;
import org.javisor.bench.SnapshotsReportJson;
import org.javisor.bench.SnapshotsReportText;
import org.javisor.host.ByteSize;
import org.javisor.host.Host;
import org.javisor.image.Image;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code javisor bench snapshots}. */
@Command(
    name = "snapshots",
    description = {
      "Restore a machine from a snapshot and make running copies of one; print how long it took until"
          + " a shell in it had run a command, and what memory a copy takes.",
      "Against a peer the same kernel and initial RAM disk are saved and restored there in turn; a"
          + " ratio above 1 means better than the peer. The peer's time begins with its process, as"
          + " it has one for each machine."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  javisor bench snapshots --memory 256MiB",
      "  javisor bench snapshots --memory 256MiB --machines 50 --against qemu",
      "  javisor bench snapshots --against qemu --json"
    })
final class BenchSnapshotsCommand implements Callable<Integer> {
  private static final String IMAGE = "busybox";

  @Mixin HelpOption help = new HelpOption();
  @Mixin BenchOptions options = new BenchOptions();

  @Option(
      names = "--machines",
      paramLabel = "N",
      defaultValue = "10",
      description = "How many copies run side by side, by default 10.")
  int machines;

  @Option(
      names = "--copy-memory",
      paramLabel = "SIZE",
      defaultValue = "96MiB",
      description = "Memory of each copy, by default 96MiB.")
  String copyMemory = "";

  @Mixin MirrorOption place = new MirrorOption();

  @Override
  public Integer call() throws InterruptedException {
    boolean againstQemu = options.againstQemu();
    SnapshotsReport report;
    try (ProgressDisplay progress = ProgressDisplay.onStandardError()) {
      Host host = place.host(progress);
      Image image = Host.explained(() -> host.images().obtain(IMAGE, progress));
      report =
          new SnapshotsBench(
                  new SnapshotsBench.Plan(
                      host,
                      image,
                      againstQemu,
                      options.runs,
                      machines,
                      options.cpus,
                      options.memoryBytes(),
                      ByteSize.parse(copyMemory)),
                  Words::say)
              .run();
    }
    if (options.json) {
      System.out.println(SnapshotsReportJson.of(report));
    } else {
      SnapshotsReportText.table(report).forEach(System.out::println);
    }
    return ExitCode.DONE;
  }
}
