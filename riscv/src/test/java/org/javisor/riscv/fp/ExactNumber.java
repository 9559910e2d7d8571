package org.javisor.riscv.fp;

import java.math.BigInteger;

/**
 * A real number as the tests' reference sees it: (-1)^negative * (magnitude + epsilon) * 2^exponent
 * with 0 &lt; epsilon &lt; 1 if {@code inexact}, else 0.
 */
record ExactNumber(boolean negative, BigInteger magnitude, int exponent, boolean inexact) {
  /** Enough bits to tell any two results of any format apart. */
  private static final int WORKING_BITS = 200;

  static ExactNumber of(boolean negative, BigInteger magnitude, int exponent) {
    return new ExactNumber(negative, magnitude, exponent, false);
  }

  boolean isZero() {
    return magnitude.signum() == 0 && !inexact;
  }

  ExactNumber negated(boolean negate) {
    return new ExactNumber(negative ^ negate, magnitude, exponent, inexact);
  }

  private BigInteger signedAt(int lowerExponent) {
    BigInteger shifted = magnitude.shiftLeft(exponent - lowerExponent);
    return negative ? shifted.negate() : shifted;
  }

  ExactNumber plus(ExactNumber other) {
    int lower = Math.min(exponent, other.exponent);
    BigInteger sum = signedAt(lower).add(other.signedAt(lower));
    return of(sum.signum() < 0, sum.abs(), lower);
  }

  ExactNumber times(ExactNumber other) {
    return of(
        negative != other.negative, magnitude.multiply(other.magnitude), exponent + other.exponent);
  }

  ExactNumber dividedBy(ExactNumber other) {
    BigInteger[] parts = magnitude.shiftLeft(WORKING_BITS).divideAndRemainder(other.magnitude);
    return new ExactNumber(
        negative != other.negative,
        parts[0],
        exponent - WORKING_BITS - other.exponent,
        parts[1].signum() != 0);
  }

  ExactNumber squareRoot() {
    int shift = 2 * WORKING_BITS + (exponent & 1);
    BigInteger[] parts = magnitude.shiftLeft(shift).sqrtAndRemainder();
    return new ExactNumber(false, parts[0], (exponent - shift) / 2, parts[1].signum() != 0);
  }

  /** The exponent of the binade the number lies in. */
  int binade() {
    return exponent + magnitude.bitLength() - 1;
  }

  /** The magnitude as a multiple of 2^quantum, rounded. */
  BigInteger roundedTo(int quantum, int rm) {
    BigInteger twice = scaled(quantum - 1);
    boolean beyond = !isMultipleOf(quantum - 1);
    BigInteger kept = twice.shiftRight(1);
    boolean half = twice.testBit(0);
    boolean any = half || beyond;
    boolean up =
        switch (rm) {
          case 0 -> half && (beyond || kept.testBit(0));
          case 1 -> false;
          case 2 -> negative && any;
          case 3 -> !negative && any;
          case 4 -> half;
          default -> throw new AssertionError(rm);
        };
    return up ? kept.add(BigInteger.ONE) : kept;
  }

  /** Whether no rounding is needed to write the number as a multiple of 2^quantum. */
  boolean isMultipleOf(int quantum) {
    return !inexact
        && (exponent >= quantum || scaled(quantum).shiftLeft(quantum - exponent).equals(magnitude));
  }

  private BigInteger scaled(int quantum) {
    return exponent >= quantum
        ? magnitude.shiftLeft(exponent - quantum)
        : magnitude.shiftRight(quantum - exponent);
  }
}
