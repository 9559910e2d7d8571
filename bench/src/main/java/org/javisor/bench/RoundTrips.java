package org.javisor.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Round trips as {@code ping} in a machine has seen them.
 *
 * @param seconds of those that came back, in ascending order
 * @param lost how many did not
 */
record RoundTrips(List<Double> seconds, int lost) {
  private static final Pattern TIME = Pattern.compile("\\btime=([0-9.]+) ms\\b");

  /** Copies and sorts. */
  RoundTrips {
    seconds = seconds.stream().sorted().toList();
  }

  /**
   * Those of a ping's output.
   *
   * @param sent how many were sent
   */
  static RoundTrips parse(String output, int sent) {
    List<Double> seconds = new ArrayList<>();
    Matcher matcher = TIME.matcher(output);
    while (matcher.find()) {
      seconds.add(Double.parseDouble(matcher.group(1)) / 1e3);
    }
    return new RoundTrips(seconds, Math.max(0, sent - seconds.size()));
  }

  /** Their mean; of at least one. */
  double mean() {
    return seconds.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  /** What 99 in a hundred are not above; of at least one. */
  double percentile99() {
    return seconds.get((int) Math.ceil(seconds.size() * 0.99) - 1);
  }
}
