package org.javisor.bench;

import java.math.BigDecimal;
import java.math.MathContext;

/** Measured values do not mean more than four digits. */
final class SignificantDigits {
  private static final MathContext FOUR = new MathContext(4);

  private SignificantDigits() {}

  /** The value, rounded. */
  static double of(double value) {
    return new BigDecimal(value).round(FOUR).doubleValue();
  }
}
