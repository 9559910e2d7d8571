package org.javisor.riscv.semantics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BitmanipSemanticsTest {
  @Test
  void countsOfZeroAreTheWidth() {
    assertThat(BitmanipSemantics.clz(0)).isEqualTo(64);
    assertThat(BitmanipSemantics.ctz(0)).isEqualTo(64);
    assertThat(BitmanipSemantics.clzw(0xffff_ffff_0000_0000L)).isEqualTo(32);
    assertThat(BitmanipSemantics.ctzw(0xffff_ffff_0000_0000L)).isEqualTo(32);
    assertThat(BitmanipSemantics.cpop(-1)).isEqualTo(64);
    assertThat(BitmanipSemantics.cpopw(-1)).isEqualTo(32);
  }

  @Test
  void unsignedWordAdditionsExtendTheirFirstOperandOnly() {
    assertThat(BitmanipSemantics.add_uw(-1, -1)).isEqualTo(0xffff_fffeL);
    assertThat(BitmanipSemantics.sh3add_uw(-1, 1)).isEqualTo(0x7_ffff_fff9L);
    assertThat(BitmanipSemantics.slli_uw(-1, 63)).isEqualTo(Long.MIN_VALUE);
    assertThat(BitmanipSemantics.sh1add(-1, 1)).isEqualTo(-1);
  }

  @Test
  void wordRotationsExtendTheSignAndTakeAmountsModulo32() {
    assertThat(BitmanipSemantics.rolw(0x4000_0000L, 33)).isEqualTo(0xffff_ffff_8000_0000L);
    assertThat(BitmanipSemantics.rorw(1, 1)).isEqualTo(0xffff_ffff_8000_0000L);
    assertThat(BitmanipSemantics.roriw(0xdead_0000_0000_0001L, 0)).isEqualTo(1);
    assertThat(BitmanipSemantics.rol(Long.MIN_VALUE, 65)).isEqualTo(1);
    assertThat(BitmanipSemantics.ror(1, 65)).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void minimaAndMaximaOfBothKinds() {
    assertThat(BitmanipSemantics.min(-1, 1)).isEqualTo(-1);
    assertThat(BitmanipSemantics.minu(-1, 1)).isEqualTo(1);
    assertThat(BitmanipSemantics.max(-1, 1)).isEqualTo(1);
    assertThat(BitmanipSemantics.maxu(-1, 1)).isEqualTo(-1);
  }

  @Test
  void extensions() {
    assertThat(BitmanipSemantics.sext_b(0x180)).isEqualTo(-128);
    assertThat(BitmanipSemantics.sext_h(0x1_8000)).isEqualTo(-32768);
    assertThat(BitmanipSemantics.zext_h(-1)).isEqualTo(0xffff);
  }

  @Test
  void orCombineFillsEveryByteThatHasABit() {
    var random = new SplittableRandom(4);
    for (int i = 0; i < 10_000; i++) {
      long a = random.nextLong() & random.nextLong() & random.nextLong() & random.nextLong();
      long expected = 0;
      for (int shift = 0; shift < 64; shift += 8) {
        expected |= (a >>> shift & 0xff) != 0 ? 0xffL << shift : 0;
      }
      assertThat(BitmanipSemantics.orc_b(a)).isEqualTo(expected);
    }
  }

  @Test
  void singleBitIndicesAreTakenModulo64() {
    assertThat(BitmanipSemantics.bset(0, 127)).isEqualTo(Long.MIN_VALUE);
    assertThat(BitmanipSemantics.bclr(-1, 64)).isEqualTo(-2);
    assertThat(BitmanipSemantics.binv(-1, 65)).isEqualTo(-3);
    assertThat(BitmanipSemantics.bext(Long.MIN_VALUE, -1)).isEqualTo(1);
    assertThat(BitmanipSemantics.bexti(5, 1)).isZero();
  }

  @Test
  void logicWithNegationAndByteOrder() {
    assertThat(BitmanipSemantics.andn(0b1100, 0b1010)).isEqualTo(0b0100);
    assertThat(BitmanipSemantics.orn(0, -2)).isEqualTo(1);
    assertThat(BitmanipSemantics.xnor(0b1100, 0b1010)).isEqualTo(~0b0110L);
    assertThat(BitmanipSemantics.rev8(0x0102_0304_0506_0708L)).isEqualTo(0x0807_0605_0403_0201L);
  }
}
