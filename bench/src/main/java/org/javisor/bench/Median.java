package org.javisor.bench;

import java.util.List;

/** The statistic we report: it forgives the odd disturbed run on a busy machine. */
final class Median {
  private Median() {}

  /** The middle value, or the mean of the two in the middle; of at least one value. */
  static double of(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
