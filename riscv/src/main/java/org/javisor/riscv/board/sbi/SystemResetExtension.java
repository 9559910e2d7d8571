package org.javisor.riscv.board.sbi;

/** System reset extension (SBI 2.0, chapter 10). */
final class SystemResetExtension implements SbiExtension {
  private static final int SHUTDOWN = 0;
  private static final int COLD_REBOOT = 1;
  private static final int WARM_REBOOT = 2;

  private static final int NO_REASON = 0;
  private static final int SYSTEM_FAILURE = 1;

  private final SbiPlatform platform;

  SystemResetExtension(SbiPlatform platform) {
    this.platform = platform;
  }

  @Override
  public long id() {
    return 0x53525354;
  }

  @Override
  public SbiResult call(SbiCall call) {
    if (call.function() != 0) {
      return SbiError.NOT_SUPPORTED.result();
    }
    int type = (int) call.a0();
    int reason = (int) call.a1();
    if (reason != NO_REASON && reason != SYSTEM_FAILURE) {
      return SbiError.INVALID_PARAMETER.result();
    }
    switch (type) {
      case SHUTDOWN -> platform.power().powerOff(reason == SYSTEM_FAILURE);
      // Both put every hart, device and byte of memory back: there is nothing to keep warm.
      case COLD_REBOOT, WARM_REBOOT -> platform.power().reset();
      default -> {
        return SbiError.INVALID_PARAMETER.result();
      }
    }
    // The caller is not to see its call return.
    call.hart().stop();
    return SbiResult.SUCCESS;
  }
}
