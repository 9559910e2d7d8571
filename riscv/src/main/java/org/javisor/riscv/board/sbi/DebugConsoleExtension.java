package org.javisor.riscv.board.sbi;

/** Debug console extension (SBI 2.0, chapter 12). */
final class DebugConsoleExtension implements SbiExtension {
  /** Bytes moved in one call; the caller sees how many were and calls again for the rest. */
  static final int CHUNK_BYTES = 4096;

  private final SbiPlatform platform;

  DebugConsoleExtension(SbiPlatform platform) {
    this.platform = platform;
  }

  @Override
  public long id() {
    return 0x4442434e;
  }

  @Override
  public SbiResult call(SbiCall call) {
    return switch ((int) call.function()) {
      case 0 -> write(call.a0(), call.a1(), call.a2());
      case 1 -> read(call.a0(), call.a1(), call.a2());
      case 2 -> writeByte((byte) call.a0());
      default -> SbiError.NOT_SUPPORTED.result();
    };
  }

  private boolean isBuffer(long length, long low, long high) {
    return high == 0 && platform.isMemory(low, length);
  }

  private SbiResult write(long length, long low, long high) {
    if (!isBuffer(length, low, high)) {
      return SbiError.INVALID_PARAMETER.result();
    }
    byte[] chunk = new byte[(int) Math.min(length, CHUNK_BYTES)];
    platform.memory().read(low, chunk, 0, chunk.length);
    return SbiResult.of(platform.console().write(chunk, 0, chunk.length));
  }

  private SbiResult read(long length, long low, long high) {
    if (!isBuffer(length, low, high)) {
      return SbiError.INVALID_PARAMETER.result();
    }
    byte[] chunk = new byte[(int) Math.min(length, CHUNK_BYTES)];
    int count = platform.console().read(chunk, 0, chunk.length);
    platform.memory().write(low, chunk, 0, count);
    return SbiResult.of(count);
  }

  /**
   * The specification lets this call wait for room. A console whose reader has stalled would hold
   * the hart, and with it the machine's pause, so that counts as an I/O error instead.
   */
  private SbiResult writeByte(byte octet) {
    return platform.console().write(new byte[] {octet}, 0, 1) == 1
        ? SbiResult.SUCCESS
        : SbiError.FAILED.result();
  }
}
