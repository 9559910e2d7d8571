package org.javisor.riscv.board.sbi;

/** System suspend extension (SBI 2.0, chapter 13). */
final class SystemSuspendExtension implements SbiExtension {
  private static final int SUSPEND_TO_RAM = 0;

  private final SbiPlatform platform;

  SystemSuspendExtension(SbiPlatform platform) {
    this.platform = platform;
  }

  @Override
  public long id() {
    return 0x53555350;
  }

  @Override
  public SbiResult call(SbiCall call) {
    if (call.function() != 0) {
      return SbiError.NOT_SUPPORTED.result();
    }
    if ((int) call.a0() != SUSPEND_TO_RAM) {
      return SbiError.INVALID_PARAMETER.result();
    }
    if (!platform.isEntry(call.a1())) {
      return SbiError.INVALID_ADDRESS.result();
    }
    for (SbiHart hart : platform.harts()) {
      // Section 13.1: every other hart has to be stopped first.
      if (hart.id() != call.hart().id() && hart.state() != SbiHart.State.STOPPED) {
        return SbiError.DENIED.result();
      }
    }
    call.hart().suspend(call.a1(), call.a2());
    return SbiResult.SUCCESS;
  }
}
