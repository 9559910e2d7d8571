package org.javisor.riscv.oracle;

/**
 * Where things are in the programs of the oracle test. Both sides use the same addresses, so that
 * registers that hold addresses are equal too.
 */
final class Layout {
  static final long CODE = 0x8000_0000L;
  static final long TABLES = 0x8020_0000L;
  static final long SCRATCH = 0x8030_0000L;
  static final long SCRATCH_BYTES = 0x2000;

  /** A page that the program does not know of. */
  static final long TRAP_VECTORS = SCRATCH + SCRATCH_BYTES;

  static final long MEMORY_BYTES = 0x40_0000;

  /** The window that sequences load from and store to lies across a page boundary. */
  static final long WINDOW_CENTER = SCRATCH + 0x1000;

  static final int WINDOW_REACH = 1024;
  static final int WINDOW_BYTES = 2 * WINDOW_REACH;
  static final long WINDOW = WINDOW_CENTER - WINDOW_REACH;

  /** Registers after a sequence: x1..x31, f0..f31, fcsr; right behind the window. */
  static final int REGISTERS = 64;

  static final int RECORD_BYTES = WINDOW_BYTES + 8 * REGISTERS;

  /** Eight bytes: how often a sequence is still to be executed. */
  static final long REPETITIONS = WINDOW + RECORD_BYTES;

  private Layout() {}

  static String registerName(int index) {
    if (index < 31) {
      return "x" + (index + 1);
    }
    return index < 63 ? "f" + (index - 31) : "fcsr";
  }
}
