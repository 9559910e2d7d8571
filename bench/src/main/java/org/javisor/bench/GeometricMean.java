package org.javisor.bench;

import java.util.List;

/** How ratios are averaged: twice as fast and half as fast make even. */
final class GeometricMean {
  private GeometricMean() {}

  /** Of at least one positive value. */
  static double of(List<Double> values) {
    double logarithms = 0;
    for (double value : values) {
      logarithms += Math.log(value);
    }
    return Math.exp(logarithms / values.size());
  }
}
