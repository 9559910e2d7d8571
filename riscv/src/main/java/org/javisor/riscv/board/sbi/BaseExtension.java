package org.javisor.riscv.board.sbi;

import java.util.function.LongPredicate;

/** Base extension (SBI 2.0, chapter 4). */
final class BaseExtension implements SbiExtension {
  static final long ID = 0x10;

  /** Version 2.0: major number in bits 24 to 30. */
  private static final long SPECIFICATION_VERSION = 2L << 24;

  /** "JV": an id that no implementation listed in the specification has. */
  private static final long IMPLEMENTATION = 0x4a56;

  private static final long IMPLEMENTATION_VERSION = 1;

  private final LongPredicate known;

  BaseExtension(LongPredicate known) {
    this.known = known;
  }

  @Override
  public long id() {
    return ID;
  }

  @Override
  public SbiResult call(SbiCall call) {
    return switch ((int) call.function()) {
      case 0 -> SbiResult.of(SPECIFICATION_VERSION);
      case 1 -> SbiResult.of(IMPLEMENTATION);
      case 2 -> SbiResult.of(IMPLEMENTATION_VERSION);
      case 3 -> SbiResult.of(known.test(call.a0()) ? 1 : 0);
      // mvendorid, marchid and mimpid: zero stands for "not implemented".
      case 4, 5, 6 -> SbiResult.SUCCESS;
      default -> SbiError.NOT_SUPPORTED.result();
    };
  }
}
