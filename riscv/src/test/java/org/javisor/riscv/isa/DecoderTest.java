package org.javisor.riscv.isa;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecoderTest {
  private static final long SEED = 20_261_122;
  private static final List<Instruction> ROWS = InstructionTest.rows();

  private static Instruction decoded(int bits) {
    return Decoded.instruction(Decoder.decode(bits));
  }

  static List<Instruction> rows() {
    return ROWS;
  }

  /** The slow way: look at every row. */
  private static Instruction search(int bits) {
    for (Instruction row : ROWS) {
      if ((bits & row.mask()) == row.match()) {
        int rm = Encoding.funct3(bits);
        return row.hasRoundingMode() && (rm == 5 || rm == 6) ? Instruction.ILLEGAL : row;
      }
    }
    return Instruction.ILLEGAL;
  }

  @Test
  void agreesWithASearchOfTheTableOnRandomWords() {
    var random = new SplittableRandom(SEED);
    for (int i = 0; i < 100_000; i++) {
      int bits = random.nextInt() | 3;
      assertThat(decoded(bits)).as("%08x", bits).isEqualTo(search(bits));
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void findsEachRowWhateverItsOperands(Instruction row) {
    var random = new SplittableRandom(SEED);
    for (int i = 0; i < 500; i++) {
      int bits = row.match() | (random.nextInt() & ~row.mask());
      assertThat(decoded(bits)).as("%08x", bits).isEqualTo(search(bits));
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void oneWrongFixedBitIsAnotherInstructionOrNone(Instruction row) {
    var random = new SplittableRandom(SEED);
    for (int bit = 2; bit < 32; bit++) {
      int bits = (row.match() | (random.nextInt() & ~row.mask())) ^ (row.mask() & 1 << bit);
      assertThat(decoded(bits)).as("%08x", bits).isEqualTo(search(bits));
    }
  }

  @Test
  void integerResultsToX0GoToTheSink() {
    assertThat(Decoded.rd(Decoder.decode(Encoder.encode(Instruction.ADD, 0, 1, 2)))).isEqualTo(32);
    assertThat(Decoded.rd(Decoder.decode(Encoder.encode(Instruction.ADD, 31, 1, 2)))).isEqualTo(31);
    assertThat(Decoded.rd(Decoder.decode(Encoder.encode(Instruction.FLE_D, 0, 1, 2))))
        .isEqualTo(32);
  }

  @Test
  void f0IsAnOrdinaryDestination() {
    assertThat(Decoded.rd(Decoder.decode(Encoder.encode(Instruction.FADD_D, 0, 1, 2)))).isZero();
    assertThat(Decoded.rd(Decoder.decode(Encoder.encode(Instruction.FLD, 0, 8, 2)))).isZero();
  }

  @Test
  void instructionsWithoutResultNameTheSink() {
    assertThat(Decoded.rd(Decoder.decode(Encoder.encode(Instruction.SD, 1, 8, 2)))).isEqualTo(32);
    assertThat(Decoded.rd(Decoder.decode(Encoder.encode(Instruction.BEQ, 1, 2, 8)))).isEqualTo(32);
    assertThat(Decoded.rd(Decoder.decode(Encoder.encode(Instruction.ECALL)))).isEqualTo(32);
  }

  @ParameterizedTest
  @ValueSource(ints = {-2048, -1, 0, 1, 2047})
  void twelveBitImmediatesAreSigned(int value) {
    assertThat(Decoded.immediate(Decoder.decode(Encoder.encode(Instruction.ADDI, 1, 2, value))))
        .isEqualTo(value);
    assertThat(Decoded.immediate(Decoder.decode(Encoder.encode(Instruction.SB, 1, value, 2))))
        .isEqualTo(value);
  }

  @Test
  void branchAndJumpOffsetsSurviveEncoding() {
    for (int offset = -4096; offset < 4096; offset += 2) {
      assertThat(Decoded.immediate(Decoder.decode(Encoder.encode(Instruction.BNE, 1, 2, offset))))
          .isEqualTo(offset);
    }
    for (int offset = -(1 << 20); offset < 1 << 20; offset += 254) {
      assertThat(Decoded.immediate(Decoder.decode(Encoder.encode(Instruction.JAL, 1, offset))))
          .isEqualTo(offset);
    }
  }

  @Test
  void upperImmediatesAreShiftedAndSigned() {
    assertThat(Decoded.immediate(Decoder.decode(Encoder.encode(Instruction.LUI, 1, 0x80000))))
        .isEqualTo(-0x8000_0000L);
    assertThat(Decoded.immediate(Decoder.decode(Encoder.encode(Instruction.AUIPC, 1, 0x7ffff))))
        .isEqualTo(0x7fff_f000L);
  }

  @Test
  void shiftAmountsHaveSixBitsAndFiveForWords() {
    assertThat(Decoded.immediate(Decoder.decode(Encoder.encode(Instruction.SRAI, 1, 2, 63))))
        .isEqualTo(63);
    int slliw = Encoder.encode(Instruction.SLLIW, 1, 2, 31);
    assertThat(Decoded.immediate(Decoder.decode(slliw))).isEqualTo(31);
    assertThat(decoded(slliw | 1 << 25)).isEqualTo(Instruction.ILLEGAL);
  }

  @Test
  void csrNumbersAreUnsigned() {
    long csrrci = Decoder.decode(Encoder.encode(Instruction.CSRRCI, 1, 0xc01, 31));
    assertThat(Decoded.immediate(csrrci)).isEqualTo(0xc01);
    assertThat(Decoded.rs1(csrrci)).isEqualTo(31);
  }

  @Test
  void fusedMultiplyAddHasItsThirdOperandInTheImmediate() {
    long fmadd = Decoder.decode(Encoder.encode(Instruction.FMADD_S, 1, 2, 3, 31, 4));
    assertThat(Decoded.rs3(fmadd)).isEqualTo(31);
    assertThat(Decoded.rm(fmadd)).isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 6})
  void reservedRoundingModesAreIllegal(int rm) {
    assertThat(decoded(Encoder.encode(Instruction.FADD_S, 1, 2, 3, rm)))
        .isEqualTo(Instruction.ILLEGAL);
    assertThat(decoded(Encoder.encode(Instruction.FCVT_D_W, 1, 2, rm)))
        .isEqualTo(Instruction.ILLEGAL);
  }

  @Test
  void reservedFieldsOfFencesAreIgnored() {
    assertThat(decoded(Instruction.FENCE.match() | -1 << 15 | 31 << 7))
        .isEqualTo(Instruction.FENCE);
    assertThat(decoded(Instruction.FENCE_I.match() | -1 << 15 | 31 << 7))
        .isEqualTo(Instruction.FENCE_I);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x3020_0073, 0x0000_0173, 0xffff_ffff, 0x0000_001f, 0x0000_007f})
  void machineModeAndUnknownEncodingsAreIllegalAndKeepTheirBits(int bits) {
    long illegal = Decoder.decode(bits);
    assertThat(Decoded.instruction(illegal)).isEqualTo(Instruction.ILLEGAL);
    assertThat((int) Decoded.immediate(illegal)).isEqualTo(bits);
    assertThat(Decoded.length(illegal)).isEqualTo(4);
  }

  @Test
  void ofACompressedInstructionOnlyTheLowHalfMatters() {
    assertThat(Decoder.decode(0xffff_4501)).isEqualTo(Decoder.decode(0x4501));
    long illegal = Decoder.decode(0xffff_8002);
    assertThat(Decoded.instruction(illegal)).isEqualTo(Instruction.ILLEGAL);
    assertThat(Decoded.immediate(illegal)).isEqualTo(0x8002);
    assertThat(Decoded.length(illegal)).isEqualTo(2);
  }

  @Test
  void compressedInstructionsDifferFromTheirExpansionInLengthOnly() {
    for (int half = 0; half < 1 << 16; half++) {
      int expanded = Compressed.expand(half);
      if (expanded != 0) {
        assertThat(Decoder.decode(half) | Decoded.FOUR_BYTES).isEqualTo(Decoder.decode(expanded));
        assertThat(Decoded.length(Decoder.decode(half))).isEqualTo(2);
      }
    }
  }
}
