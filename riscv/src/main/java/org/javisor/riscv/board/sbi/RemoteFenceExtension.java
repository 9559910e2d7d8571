package org.javisor.riscv.board.sbi;

import java.util.List;

/** RFENCE extension (SBI 2.0, chapter 8); the hypervisor's fences are absent, as is H. */
final class RemoteFenceExtension implements SbiExtension {
  private static final long EVERYTHING = -1;

  private final SbiPlatform platform;
  private final List<HartCounters> counters;

  RemoteFenceExtension(SbiPlatform platform, List<HartCounters> counters) {
    this.platform = platform;
    this.counters = counters;
  }

  @Override
  public long id() {
    return 0x52464e43;
  }

  @Override
  public SbiResult call(SbiCall call) {
    if (call.function() < 0 || call.function() > 2) {
      return SbiError.NOT_SUPPORTED.result();
    }
    long harts = HartMask.of(call.a0(), call.a1(), platform.harts().size());
    if (harts == HartMask.INVALID) {
      return SbiError.INVALID_PARAMETER.result();
    }
    int caller = call.hart().id();
    long start = call.a2();
    long size = call.a3();
    // Section 8: 0 and 0, or a size of all ones, mean the whole address space. So does a range
    // that wraps: fencing more than was asked is always correct.
    if ((start == 0 && size == 0) || Long.compareUnsigned(start + size, start) < 0) {
      start = 0;
      size = EVERYTHING;
    }
    switch ((int) call.function()) {
      case 0 -> {
        count(caller, harts, FirmwareEvent.FENCE_I_SENT, FirmwareEvent.FENCE_I_RECEIVED);
        platform.fences().instruction(caller, harts);
      }
      case 1 -> {
        count(caller, harts, FirmwareEvent.SFENCE_VMA_SENT, FirmwareEvent.SFENCE_VMA_RECEIVED);
        platform.fences().address(caller, harts, start, size);
      }
      default -> {
        count(
            caller,
            harts,
            FirmwareEvent.SFENCE_VMA_ASID_SENT,
            FirmwareEvent.SFENCE_VMA_ASID_RECEIVED);
        platform.fences().address(caller, harts, start, size, (int) call.a4() & 0xffff);
      }
    }
    return SbiResult.SUCCESS;
  }

  private void count(int caller, long harts, FirmwareEvent sent, FirmwareEvent received) {
    counters.get(caller).count(sent);
    for (int hart = 0; hart < platform.harts().size(); hart++) {
      if ((harts >> hart & 1) != 0 && hart != caller) {
        counters.get(hart).count(received);
      }
    }
  }
}
