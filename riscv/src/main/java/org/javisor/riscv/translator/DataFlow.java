package org.javisor.riscv.translator;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongBinaryOperator;

/** A forward data-flow analysis over a region, of sets of registers that are words of bits. */
final class DataFlow {
  /** What a block makes of the set at its start. */
  @FunctionalInterface
  interface Transfer {
    long apply(long set, Block block);
  }

  private DataFlow() {}

  /**
   * The sets where blocks begin.
   *
   * @param initial one for each block: what is known there, and for a block that others lead to,
   *     the most hopeful assumption
   * @param meet of what two blocks lead with to a third
   */
  static Map<Integer, Long> solve(
      Region region, Map<Integer, Long> initial, Transfer transfer, LongBinaryOperator meet) {
    Map<Integer, Long> atStart = new HashMap<>(initial);
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Block block : region.blocks().values()) {
        long end = transfer.apply(atStart.getOrDefault(block.start(), 0L), block);
        for (int to : block.ending().inRegion()) {
          Long before = atStart.get(to);
          if (before != null) {
            long met = meet.applyAsLong(before, end);
            if (met != before) {
              atStart.put(to, met);
              changed = true;
            }
          }
        }
      }
    }
    return atStart;
  }
}
