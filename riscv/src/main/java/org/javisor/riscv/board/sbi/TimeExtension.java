package org.javisor.riscv.board.sbi;

import java.util.List;

/** Timer extension (SBI 2.0, chapter 6). */
final class TimeExtension implements SbiExtension {
  private final List<HartCounters> counters;

  TimeExtension(List<HartCounters> counters) {
    this.counters = counters;
  }

  @Override
  public long id() {
    return 0x54494d45;
  }

  @Override
  public SbiResult call(SbiCall call) {
    if (call.function() != 0) {
      return SbiError.NOT_SUPPORTED.result();
    }
    counters.get(call.hart().id()).count(FirmwareEvent.SET_TIMER);
    call.hart().setTimer(call.a0());
    return SbiResult.SUCCESS;
  }
}
