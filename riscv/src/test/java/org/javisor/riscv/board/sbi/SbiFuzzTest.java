package org.javisor.riscv.board.sbi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every call with hostile arguments: an error code comes back, and nothing else happens. */
class SbiFuzzTest {
  private static final long[] EXTENSIONS = {
    0x10, 0x54494d45, 0x735049, 0x52464e43, 0x48534d, 0x53525354, 0x4442434e, 0x504d55, 0x53555350
  };

  private static final long[] CORNERS = {
    0,
    1,
    2,
    3,
    7,
    8,
    63,
    64,
    -1,
    -2,
    Long.MIN_VALUE,
    Long.MAX_VALUE,
    1L << 32,
    0x8000_0000L,
    0xffff_ffff_8000_0000L,
    0xf_0005,
    SbiRig.BASE,
    SbiRig.BASE + 1,
    SbiRig.BASE - 1,
    SbiRig.BASE + SbiRig.SIZE - 1,
    SbiRig.BASE + SbiRig.SIZE
  };

  private static long argument(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextLong();
      case 1 -> random.nextInt(16);
      default -> CORNERS[random.nextInt(CORNERS.length)];
    };
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void anErrorCodeComesBack(long seed) {
    Random random = new Random(seed);
    try (SbiRig rig = new SbiRig(8)) {
      for (int i = 0; i < 50_000; i++) {
        long extension =
            random.nextInt(20) == 0
                ? argument(random)
                : EXTENSIONS[random.nextInt(EXTENSIONS.length)];
        long function = random.nextInt(10) == 0 ? argument(random) : random.nextInt(9);
        SbiCall call =
            new SbiCall(
                rig.harts.get(random.nextInt(8)),
                extension,
                function,
                argument(random),
                argument(random),
                argument(random),
                argument(random),
                argument(random),
                argument(random));
        SbiResult result = rig.sbi.call(call);
        assertThat(result.error()).as("seed %d, %s", seed, call).isBetween(-9L, 0L);
        if (result.error() != 0) {
          assertThat(result.value()).as("seed %d, %s", seed, call).isZero();
        }
        rig.written.reset();
        rig.asked.clear();
        rig.harts.forEach(hart -> hart.asked.clear());
      }
    }
  }
}
