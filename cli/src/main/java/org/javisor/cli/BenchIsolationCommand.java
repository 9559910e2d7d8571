package org.javisor.cli;

import java.util.concurrent.Callable;
import org.javisor.bench.IsolationBench;
import org.javisor.bench.IsolationReport;
import org.javisor.bench.IsolationReportJson;
import org.javisor.bench.IsolationReportText;
import org.javisor.bench.OwnCommand;
import org.javisor.host.DataFolder;
import org.javisor.host.Host;
import org.javisor.image.Image;
import org.javisor.server.HostServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code javisor bench isolation}. */
@Command(
    name = "isolation",
    description = {
      "Measure the round trip between two machines of this host, quiet and while a third one floods"
          + " the switch, its console, or clients flood the API; print the ratios.",
      "Three machines called bench-isolation-1 to -3 are launched for it and removed after it."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  javisor bench isolation", "  javisor bench isolation --runs 5 --pings 200 --json"})
final class BenchIsolationCommand implements Callable<Integer> {
  private static final String IMAGE = "busybox";

  @Mixin HelpOption help = new HelpOption();

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "3",
      description = "How often each flood is measured, by default 3; medians are shown.")
  int runs;

  @Option(
      names = "--pings",
      paramLabel = "N",
      defaultValue = "100",
      description = "Round trips with and without each flood, by default 100.")
  int pings;

  @Option(names = "--json", description = "Write JSON.")
  boolean json;

  @Mixin MirrorOption place = new MirrorOption();

  @Override
  public Integer call() throws InterruptedException {
    IsolationBench bench;
    try (ProgressDisplay progress = ProgressDisplay.onStandardError()) {
      Host host = place.host(progress);
      Image image = Host.explained(() -> host.images().obtain(IMAGE, progress));
      bench =
          new IsolationBench(
              new IsolationBench.Plan(
                  OwnCommand.withoutArguments(Javisor.class),
                  HostServer.socket(DataFolder.locate(System.getenv())),
                  image.name(),
                  runs,
                  pings),
              Words::say);
    }
    IsolationReport report = bench.run();
    if (json) {
      System.out.println(IsolationReportJson.of(report));
    } else {
      IsolationReportText.table(report).forEach(System.out::println);
    }
    return ExitCode.DONE;
  }
}
