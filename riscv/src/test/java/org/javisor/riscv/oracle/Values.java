package org.javisor.riscv.oracle;

import java.util.SplittableRandom;

/** Random operands, mostly near the edges where implementations differ. */
public final class Values {
  private static final long[] INTEGERS = {
    0,
    1,
    -1,
    2,
    63,
    64,
    0x7f,
    0x80,
    0x7fff,
    0x8000,
    0xffff,
    0x7fff_ffffL,
    0x8000_0000L,
    0xffff_ffffL,
    -0x8000_0000L,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    0x5555_5555_5555_5555L
  };

  private static final int[] SINGLES = {
    0,
    0x8000_0000,
    1,
    0x007f_ffff,
    0x0080_0000,
    0x0080_0001,
    0x3f80_0000,
    0xbf80_0000,
    0x3f80_0001,
    0x7f7f_ffff,
    0xff7f_ffff,
    0x7f80_0000,
    0xff80_0000,
    0x7fc0_0000,
    0x7f80_0001,
    0xffff_ffff,
    0x4f00_0000,
    0xcf00_0000,
    0x4f80_0000,
    0x5f00_0000,
    0x5f80_0000,
    0x3f00_0000,
    0x4b80_0000
  };

  private static final long[] DOUBLES = {
    0,
    Long.MIN_VALUE,
    1,
    0x000f_ffff_ffff_ffffL,
    0x0010_0000_0000_0000L,
    0x0010_0000_0000_0001L,
    0x3ff0_0000_0000_0000L,
    0xbff0_0000_0000_0000L,
    0x3ff0_0000_0000_0001L,
    0x7fef_ffff_ffff_ffffL,
    0xffef_ffff_ffff_ffffL,
    0x7ff0_0000_0000_0000L,
    0xfff0_0000_0000_0000L,
    0x7ff8_0000_0000_0000L,
    0x7ff0_0000_0000_0001L,
    -1,
    0x41e0_0000_0000_0000L,
    0xc1e0_0000_0000_0000L,
    0x43e0_0000_0000_0000L,
    0xc3e0_0000_0000_0000L,
    0x43f0_0000_0000_0000L,
    0x3fe0_0000_0000_0000L,
    0x36a0_0000_0000_0000L,
    0x3810_0000_0000_0000L,
    0x47ef_ffff_ffff_ffffL,
    0x3e80_0000_0000_0000L
  };

  private final SplittableRandom random;

  /** Operands drawn from {@code random}. */
  public Values(SplittableRandom random) {
    this.random = random;
  }

  /** The contents of an integer register. */
  public long integer() {
    return switch (random.nextInt(4)) {
      case 0 -> INTEGERS[random.nextInt(INTEGERS.length)];
      case 1 -> random.nextLong();
      case 2 -> random.nextLong() >> random.nextInt(64);
      default -> (1L << random.nextInt(64)) + random.nextInt(-1, 2);
    };
  }

  /** The contents of a floating-point register; now and then a single that is not NaN-boxed. */
  public long register() {
    return random.nextInt(8) == 0 ? random.nextLong() : random.nextBoolean() ? boxed() : real();
  }

  private long boxed() {
    return 0xffff_ffff_0000_0000L | (single() & 0xffff_ffffL);
  }

  private int single() {
    return switch (random.nextInt(4)) {
      case 0 -> SINGLES[random.nextInt(SINGLES.length)];
      case 1 -> random.nextInt();
      case 2 -> (random.nextInt() & 0x807f_ffff) | random.nextInt(100, 156) << 23;
      default -> Float.floatToRawIntBits(random.nextInt(-1000, 1000) / 8f);
    };
  }

  private long real() {
    return switch (random.nextInt(4)) {
      case 0 -> DOUBLES[random.nextInt(DOUBLES.length)];
      case 1 -> random.nextLong();
      case 2 -> (random.nextLong() & 0x800f_ffff_ffff_ffffL) | random.nextLong(960, 1090) << 52;
      default -> Double.doubleToRawLongBits(random.nextInt(-1000, 1000) / 8.0);
    };
  }

  /** Eight bytes of memory. */
  public long memory() {
    return switch (random.nextInt(3)) {
      case 0 -> integer();
      case 1 -> real();
      default -> (long) single() << 32 | (single() & 0xffff_ffffL);
    };
  }
}
