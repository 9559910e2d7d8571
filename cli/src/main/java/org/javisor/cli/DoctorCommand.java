package org.javisor.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.javisor.host.DataFolder;
import org.javisor.host.HostCheck;
import org.javisor.host.HostCheck.Finding;
import org.javisor.host.HostCheck.Verdict;
import org.javisor.host.JsonText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code javisor doctor}. */
@Command(
    name = "doctor",
    description = {
      "Look over this host: what machines and images need, with a fix for each thing that lacks.",
      "Ends with 0 if machines can run, else with 3."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  javisor doctor           one line for each thing looked at",
      "  javisor doctor --json    the same for programs"
    })
final class DoctorCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();

  @Option(names = "--json", description = "Write a JSON list of findings.")
  boolean json;

  @Override
  public Integer call() {
    Map<String, String> environment = System.getenv();
    List<Finding> findings = new HostCheck(environment, DataFolder.locate(environment)).findings();
    System.out.print(json ? json(findings) : text(findings));
    boolean lacking = findings.stream().anyMatch(f -> f.verdict() == Verdict.LACKING);
    return lacking ? ExitCode.HOST_LACKS : ExitCode.DONE;
  }

  private static String text(List<Finding> findings) {
    StringBuilder text = new StringBuilder();
    for (Finding finding : findings) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-8s %-8s %s%n",
              name(finding.verdict()),
              finding.topic(),
              finding.found()));
      if (!finding.fix().isEmpty()) {
        text.append(String.format(Locale.ROOT, "%-17s fix: %s%n", "", finding.fix()));
      }
    }
    return text.toString();
  }

  private static String json(List<Finding> findings) {
    return JsonText.of(
            findings.stream()
                .map(
                    finding -> {
                      Map<String, Object> fields = new LinkedHashMap<>();
                      fields.put("topic", finding.topic());
                      fields.put("verdict", name(finding.verdict()));
                      fields.put("found", finding.found());
                      fields.put("fix", finding.fix());
                      return fields;
                    })
                .toList())
        + "\n";
  }

  private static String name(Verdict verdict) {
    return verdict.name().toLowerCase(Locale.ROOT);
  }
}
