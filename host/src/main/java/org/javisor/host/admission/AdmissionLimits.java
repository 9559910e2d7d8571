package org.javisor.host.admission;

import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.javisor.host.ProblemException;

/**
 * How many machines may be on at the same time, as the host's configuration says.
 *
 * @param memoryFactor so many times the host's memory may be promised to machines ({@code
 *     javisor.overcommit.memory}); 0 is without limit
 * @param cpusPerProcessor vCPUs for each of the host's processors ({@code javisor.overcommit.cpu});
 *     0 is without limit
 * @param machines number of machines ({@code javisor.machines.max}); 0 is as many as the process's
 *     heap has room for
 */
public record AdmissionLimits(double memoryFactor, int cpusPerProcessor, int machines) {
  /** Guests seldom use all they may, copies share, and what they do not use can be had back. */
  private static final String MEMORY_FACTOR = "2";

  private static final String CPUS = "64";
  private static final Pattern FACTOR = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3})?");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,6}");

  /** All keys of a host's configuration. */
  public static final Set<String> KEYS =
      Set.of("javisor.overcommit.memory", "javisor.overcommit.cpu", "javisor.machines.max");

  /**
   * What these keys and values say.
   *
   * @throws ProblemException naming the first key or value that is not possible
   */
  public static AdmissionLimits of(Map<String, String> config) {
    for (String key : config.keySet()) {
      if (!KEYS.contains(key)) {
        throw ProblemException.badInput(
            "a host has no configuration key " + key,
            "it has " + String.join(", ", KEYS.stream().sorted().toList()));
      }
    }
    return new AdmissionLimits(
        Double.parseDouble(
            checked(config, "javisor.overcommit.memory", MEMORY_FACTOR, FACTOR, "1.5")),
        Integer.parseInt(checked(config, "javisor.overcommit.cpu", CPUS, NUMBER, "64")),
        Integer.parseInt(checked(config, "javisor.machines.max", "0", NUMBER, "100")));
  }

  private static String checked(
      Map<String, String> config, String key, String otherwise, Pattern form, String example) {
    String text = config.getOrDefault(key, "");
    if (text.isEmpty()) {
      return otherwise;
    }
    if (!form.matcher(text).matches()) {
      throw ProblemException.badInput(
          key + " cannot be '" + text + "'", "write it like " + example);
    }
    return text;
  }
}
