package org.javisor.riscv.board.sbi;

import java.util.Map;

/**
 * Counters of the supervisor binary interface since it was made.
 *
 * @param calls calls by extension id, of the extensions that exist
 * @param unknown calls of extensions that do not exist
 */
public record SbiMetrics(Map<Long, Long> calls, long unknown) {
  /** Copies the map. */
  public SbiMetrics {
    calls = Map.copyOf(calls);
  }
}
