package org.javisor.riscv.board.sbi;

/** Hart state management extension (SBI 2.0, chapter 9). */
final class HartStateExtension implements SbiExtension {
  /** Suspend types are 32 bits wide; the two defaults are all there are. */
  private static final int RETENTIVE = 0;

  private static final int NON_RETENTIVE = 0x8000_0000;

  private final SbiPlatform platform;

  HartStateExtension(SbiPlatform platform) {
    this.platform = platform;
  }

  @Override
  public long id() {
    return 0x48534d;
  }

  @Override
  public SbiResult call(SbiCall call) {
    return switch ((int) call.function()) {
      case 0 -> start(call);
      case 1 -> {
        call.hart().stop();
        yield SbiResult.SUCCESS;
      }
      case 2 ->
          exists(call.a0())
              ? SbiResult.of(platform.harts().get((int) call.a0()).state().code())
              : SbiError.INVALID_PARAMETER.result();
      case 3 -> suspend(call);
      default -> SbiError.NOT_SUPPORTED.result();
    };
  }

  private boolean exists(long hart) {
    return hart >= 0 && hart < platform.harts().size();
  }

  private SbiResult start(SbiCall call) {
    if (!exists(call.a0())) {
      return SbiError.INVALID_PARAMETER.result();
    }
    if (!platform.isEntry(call.a1())) {
      return SbiError.INVALID_ADDRESS.result();
    }
    return platform.harts().get((int) call.a0()).start(call.a1(), call.a2())
        ? SbiResult.SUCCESS
        : SbiError.ALREADY_AVAILABLE.result();
  }

  private SbiResult suspend(SbiCall call) {
    switch ((int) call.a0()) {
      case RETENTIVE -> call.hart().suspend();
      case NON_RETENTIVE -> {
        if (!platform.isEntry(call.a1())) {
          return SbiError.INVALID_ADDRESS.result();
        }
        call.hart().suspend(call.a1(), call.a2());
      }
      default -> {
        return SbiError.INVALID_PARAMETER.result();
      }
    }
    return SbiResult.SUCCESS;
  }
}
