package org.javisor.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * How much a flooding neighbour slows another machine's round trip to a third.
 *
 * @param floods what was flooded, one after the other
 */
public record IsolationReport(List<Line> floods) {
  /** Copies. */
  public IsolationReport {
    floods = List.copyOf(floods);
  }

  /**
   * What one flood did.
   *
   * @param name what was flooded
   * @param perSecond how much of it there was in a second
   * @param unit of that
   * @param mean of the round trips
   * @param percentile99 what 99 in a hundred round trips are not above
   * @param lost round trips that did not come back under the flood, in all runs
   */
  public record Line(
      String name, double perSecond, String unit, Figure mean, Figure percentile99, int lost) {}

  /**
   * Seconds of a round trip; medians of the runs.
   *
   * @param quiet without the flood, just before it
   * @param flooded under it
   * @param ratio the median of the runs' ratios of the two
   */
  public record Figure(double quiet, double flooded, double ratio) {
    /** The medians of runs, of which there is at least one. */
    static Figure of(List<Double> quiet, List<Double> flooded) {
      List<Double> ratios = new ArrayList<>();
      for (int i = 0; i < quiet.size(); i++) {
        ratios.add(flooded.get(i) / quiet.get(i));
      }
      return new Figure(Median.of(quiet), Median.of(flooded), Median.of(ratios));
    }
  }
}
