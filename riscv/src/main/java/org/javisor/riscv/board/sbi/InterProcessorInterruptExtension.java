package org.javisor.riscv.board.sbi;

import java.util.List;

/** IPI extension (SBI 2.0, chapter 7). */
final class InterProcessorInterruptExtension implements SbiExtension {
  private final SbiPlatform platform;
  private final List<HartCounters> counters;

  InterProcessorInterruptExtension(SbiPlatform platform, List<HartCounters> counters) {
    this.platform = platform;
    this.counters = counters;
  }

  @Override
  public long id() {
    return 0x735049;
  }

  @Override
  public SbiResult call(SbiCall call) {
    if (call.function() != 0) {
      return SbiError.NOT_SUPPORTED.result();
    }
    long harts = HartMask.of(call.a0(), call.a1(), platform.harts().size());
    if (harts == HartMask.INVALID) {
      return SbiError.INVALID_PARAMETER.result();
    }
    counters.get(call.hart().id()).count(FirmwareEvent.IPI_SENT);
    for (SbiHart hart : platform.harts()) {
      if ((harts >> hart.id() & 1) != 0 && hart.state() != SbiHart.State.STOPPED) {
        counters.get(hart.id()).count(FirmwareEvent.IPI_RECEIVED);
        hart.raiseSoftwareInterrupt();
      }
    }
    return SbiResult.SUCCESS;
  }
}
