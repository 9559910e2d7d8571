package org.javisor.riscv.translator;

import java.util.concurrent.atomic.LongAdder;

/** The running numbers behind {@link TranslatorMetrics}. */
final class Counters {
  final LongAdder interpreted = new LongAdder();
  final LongAdder units = new LongAdder();
  final LongAdder shared = new LongAdder();
  final LongAdder instructions = new LongAdder();
  final LongAdder classBytes = new LongAdder();
  final LongAdder nanoseconds = new LongAdder();
  final LongAdder discarded = new LongAdder();
  final LongAdder evicted = new LongAdder();
  final LongAdder refused = new LongAdder();

  TranslatorMetrics metrics(int queued) {
    return new TranslatorMetrics(
        interpreted.sum(),
        units.sum(),
        shared.sum(),
        instructions.sum(),
        classBytes.sum(),
        nanoseconds.sum(),
        discarded.sum(),
        evicted.sum(),
        refused.sum(),
        queued);
  }
}
