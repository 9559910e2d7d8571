package org.javisor.riscv.semantics;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class IntegerSemanticsTest {
  private static final long MIN = Long.MIN_VALUE;

  @Test
  void divisionByZeroGivesAllOnesAndTheDividend() {
    assertThat(IntegerSemantics.div(7, 0)).isEqualTo(-1);
    assertThat(IntegerSemantics.divu(7, 0)).isEqualTo(-1);
    assertThat(IntegerSemantics.rem(7, 0)).isEqualTo(7);
    assertThat(IntegerSemantics.remu(7, 0)).isEqualTo(7);
  }

  @Test
  void wordDivisionByZeroLooksAtTheLowWordAndExtendsItsSign() {
    long highOnly = 1L << 32;
    assertThat(IntegerSemantics.divw(7, highOnly)).isEqualTo(-1);
    assertThat(IntegerSemantics.divuw(7, highOnly)).isEqualTo(-1);
    assertThat(IntegerSemantics.remw(0x1_8000_0001L, highOnly)).isEqualTo(0xffff_ffff_8000_0001L);
    assertThat(IntegerSemantics.remuw(0x1_8000_0001L, highOnly)).isEqualTo(0xffff_ffff_8000_0001L);
  }

  @Test
  void overflowingDivisionGivesTheDividendAndZero() {
    assertThat(IntegerSemantics.div(MIN, -1)).isEqualTo(MIN);
    assertThat(IntegerSemantics.rem(MIN, -1)).isZero();
    assertThat(IntegerSemantics.divw(0x8000_0000L, -1)).isEqualTo(0xffff_ffff_8000_0000L);
    assertThat(IntegerSemantics.remw(0x8000_0000L, -1)).isZero();
  }

  @Test
  void unsignedWordQuotientsAreSignExtended() {
    assertThat(IntegerSemantics.divuw(0xffff_ffffL, 1)).isEqualTo(-1);
    assertThat(IntegerSemantics.remuw(0xffff_fffeL, 0xffff_ffffL)).isEqualTo(-2);
  }

  @Test
  void highProductsAreThoseOfTheIntegers() {
    var random = new SplittableRandom(3);
    for (int i = 0; i < 10_000; i++) {
      long a = random.nextLong() >> random.nextInt(64);
      long b = random.nextLong() >> random.nextInt(64);
      assertThat(IntegerSemantics.mulh(a, b)).isEqualTo(high(signed(a), signed(b)));
      assertThat(IntegerSemantics.mulhsu(a, b)).isEqualTo(high(signed(a), unsigned(b)));
      assertThat(IntegerSemantics.mulhu(a, b)).isEqualTo(high(unsigned(a), unsigned(b)));
    }
  }

  private static BigInteger signed(long value) {
    return BigInteger.valueOf(value);
  }

  private static BigInteger unsigned(long value) {
    return new BigInteger(Long.toUnsignedString(value));
  }

  private static long high(BigInteger a, BigInteger b) {
    return a.multiply(b).shiftRight(64).longValue();
  }

  @Test
  void shiftAmountsAreTakenModuloTheWidth() {
    assertThat(IntegerSemantics.sll(1, 65)).isEqualTo(2);
    assertThat(IntegerSemantics.srl(-1, 127)).isEqualTo(1);
    assertThat(IntegerSemantics.sllw(1, 33)).isEqualTo(2);
    assertThat(IntegerSemantics.sraw(0x8000_0000L, 63)).isEqualTo(-1);
  }

  @Test
  void wordResultsAreSignExtendedWhateverTheHighHalves() {
    assertThat(IntegerSemantics.addw(0x7fff_ffffL, 1)).isEqualTo(0xffff_ffff_8000_0000L);
    assertThat(IntegerSemantics.addiw(0xdead_0000_0000_0001L, -1)).isZero();
    assertThat(IntegerSemantics.subw(0x1_0000_0000L, 1)).isEqualTo(-1);
    assertThat(IntegerSemantics.sllw(1, 31)).isEqualTo(0xffff_ffff_8000_0000L);
    assertThat(IntegerSemantics.srlw(0xffff_ffffL, 0)).isEqualTo(-1);
    assertThat(IntegerSemantics.srliw(0xdead_0000_ffff_ffffL, 1)).isEqualTo(0x7fff_ffffL);
    assertThat(IntegerSemantics.mulw(0x1_0001_0000L, 0x8000)).isEqualTo(0xffff_ffff_8000_0000L);
  }

  @Test
  void sltiuComparesTheSignExtendedImmediateAsUnsigned() {
    assertThat(IntegerSemantics.sltiu(5, -1)).isEqualTo(1);
    assertThat(IntegerSemantics.sltiu(-1, -1)).isZero();
    assertThat(IntegerSemantics.sltiu(0, 1)).isEqualTo(1);
  }

  @Test
  void branchesCompareSignedAndUnsigned() {
    assertThat(IntegerSemantics.blt(-1, 0)).isTrue();
    assertThat(IntegerSemantics.bltu(-1, 0)).isFalse();
    assertThat(IntegerSemantics.bge(0, 0)).isTrue();
    assertThat(IntegerSemantics.bgeu(MIN, Long.MAX_VALUE)).isTrue();
  }
}
