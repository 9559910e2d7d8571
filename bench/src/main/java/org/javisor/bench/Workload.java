package org.javisor.bench;

import java.util.Arrays;
import java.util.List;

/**
 * What one of Debian's programs printed after one run.
 *
 * @param name of the workload
 * @param unit of the value
 * @param value its time or its speed
 * @param checksum of what it computed, {@code -} if that differs from run to run
 */
record Workload(String name, Unit unit, double value, String checksum) {
  /** The workloads of {@code guest/run.sh}, in its order. */
  static final List<String> NAMES =
      List.of(
          "perl",
          "gzip",
          "python",
          "sqlite",
          "openssl-sha256",
          "openssl-aes-128-cbc",
          "openssl-rsa2048-sign");

  /** What a workload's value counts. */
  enum Unit {
    /** The time for a fixed amount of work. */
    SECONDS("s"),
    /** The speed in a fixed time. */
    BYTES_PER_SECOND("B/s"),
    /** The speed in a fixed time. */
    OPERATIONS_PER_SECOND("op/s");

    private final String symbol;

    Unit(String symbol) {
      this.symbol = symbol;
    }

    /** How the guest, tables and JSON write it. */
    String symbol() {
      return symbol;
    }

    /** Whether more of it is faster. */
    boolean isSpeed() {
      return this != SECONDS;
    }

    /**
     * The unit of this symbol.
     *
     * @throws IllegalArgumentException if there is none
     */
    static Unit of(String symbol) {
      return Arrays.stream(values())
          .filter(unit -> unit.symbol.equals(symbol))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException("no unit is written " + symbol));
    }
  }
}
