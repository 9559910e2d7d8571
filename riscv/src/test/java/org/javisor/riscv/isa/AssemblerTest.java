package org.javisor.riscv.isa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.javisor.riscv.isa.Instruction.ADDI;
import static org.javisor.riscv.isa.Instruction.AUIPC;
import static org.javisor.riscv.isa.Instruction.BEQ;
import static org.javisor.riscv.isa.Instruction.BNE;
import static org.javisor.riscv.isa.Instruction.LD;
import static org.javisor.riscv.isa.Instruction.SLLI;
import static org.javisor.riscv.isa.Register.A0;
import static org.javisor.riscv.isa.Register.SP;
import static org.javisor.riscv.isa.Register.ZERO;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import org.javisor.riscv.semantics.IntegerSemantics;
import org.junit.jupiter.api.Test;

class AssemblerTest {
  private static final long ORIGIN = 0x8020_0000L;

  private static int word(byte[] code, int offset) {
    return ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN).getInt(offset);
  }

  /** What straight code that only touches a0 leaves there. */
  private static long a0After(byte[] code) {
    long a0 = 0x5555_5555_5555_5555L;
    for (int offset = 0; offset < code.length; offset += 4) {
      long decoded = Decoder.decode(word(code, offset));
      long a = Decoded.rs1(decoded) == 0 ? 0 : a0;
      long immediate = Decoded.immediate(decoded);
      a0 =
          switch (Decoded.instruction(decoded)) {
            case LUI -> IntegerSemantics.lui(0, immediate);
            case AUIPC -> IntegerSemantics.auipc(ORIGIN + offset, immediate);
            case ADDI -> IntegerSemantics.addi(a, immediate);
            case ADDIW -> IntegerSemantics.addiw(a, immediate);
            case SLLI -> IntegerSemantics.slli(a, immediate);
            default -> throw new AssertionError(Disassembler.text(decoded, 0));
          };
    }
    return a0;
  }

  @Test
  void liLoadsAnyConstant() {
    for (int shift = 0; shift < 64; shift++) {
      for (long near = -3; near <= 3; near++) {
        long value = (1L << shift) + near;
        assertThat(a0After(new Assembler(ORIGIN).li(A0, value).bytes())).isEqualTo(value);
        assertThat(a0After(new Assembler(ORIGIN).li(A0, -value).bytes())).isEqualTo(-value);
      }
    }
    var random = new SplittableRandom(1);
    for (int i = 0; i < 10_000; i++) {
      long value = random.nextLong() >> random.nextInt(64);
      byte[] code = new Assembler(ORIGIN).li(A0, value).bytes();
      assertThat(a0After(code)).isEqualTo(value);
      assertThat(code.length).isLessThanOrEqualTo(32);
    }
  }

  @Test
  void laReachesForwardAndBackward() {
    for (int gap : new int[] {0, 2040, 2044, 2048, 4096, 100_000}) {
      var forward = new Assembler(ORIGIN).la(A0, "target").data(new byte[gap]).label("target");
      byte[] head = java.util.Arrays.copyOf(forward.bytes(), 8);
      assertThat(a0After(head)).isEqualTo(forward.address("target"));
    }
    var backward = new Assembler(ORIGIN).emit(ADDI, A0, A0, 0).label("target").la(A0, "target");
    assertThat(a0After(backward.bytes())).isEqualTo(ORIGIN + 4);
  }

  @Test
  void branchesReachLabelsBeforeAndAfter() {
    byte[] code =
        new Assembler(ORIGIN)
            .label("back")
            .branch(BNE, A0, ZERO, "ahead")
            .branch(BEQ, A0, ZERO, "back")
            .label("ahead")
            .j("back")
            .bytes();
    assertThat(Disassembler.text(word(code, 0), ORIGIN)).isEqualTo("bne\ta0,zero,0x80200008");
    assertThat(Disassembler.text(word(code, 4), ORIGIN + 4)).isEqualTo("beq\ta0,zero,0x80200000");
    assertThat(Disassembler.text(word(code, 8), ORIGIN + 8)).isEqualTo("jal\tzero,0x80200000");
  }

  @Test
  void sourceTakesLabelsPseudoInstructionsAndDirectives() {
    byte[] text =
        new Assembler(ORIGIN)
            .source(
                """
                start:  li   a0, -5           # a comment
                        addi a0, a0, 1
                        bnez a0, start
                        ld   a0, 8(sp)
                        amoswap.d.aqrl a0, a1, (a2)
                        fadd.d fa0, fa1, fa2, rtz
                        csrw sscratch, a0
                        .align 3
                        .dword start, 0x123
                """)
            .bytes();
    var expected = new Assembler(ORIGIN);
    expected.li(A0, -5).emit(ADDI, A0, A0, 1).emit(BNE, A0, ZERO, -8).emit(LD, A0, 8, SP);
    expected.emit(Instruction.AMOSWAP_D, A0, Register.A1, Register.A2, 3);
    expected.emit(Instruction.FADD_D, Register.FA0, Register.FA1, Register.FA2, 1);
    expected.emit(Instruction.CSRRW, ZERO, 0x140, A0).align(8).dword(ORIGIN).dword(0x123);
    assertThat(text).isEqualTo(expected.bytes());
  }

  @Test
  void whatDoesNotFitIsRefused() {
    var code = new Assembler(ORIGIN);
    assertThatIllegalArgumentException().isThrownBy(() -> code.emit(ADDI, A0, A0, 2048));
    assertThatIllegalArgumentException().isThrownBy(() -> code.emit(SLLI, A0, A0, 64));
    assertThatIllegalArgumentException().isThrownBy(() -> code.emit(ADDI, A0, A0));
    assertThatIllegalArgumentException().isThrownBy(() -> code.emit(AUIPC, 32, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> code.emit(BEQ, 0, 0, 3));
    assertThatIllegalArgumentException().isThrownBy(() -> code.source("frobnicate a0"));
    assertThatIllegalArgumentException().isThrownBy(() -> code.source("addi a0, q7, 1"));
    assertThatIllegalArgumentException().isThrownBy(() -> code.label("twice").label("twice"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Assembler(ORIGIN).j("nowhere").bytes());
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new Assembler(ORIGIN)
                    .branch(BEQ, 0, 0, "far")
                    .data(new byte[4096])
                    .label("far")
                    .bytes());
  }

  @Test
  void listingsShowBothLengths() {
    byte[] code = new Assembler(0x1000).half(0x4501).emit(ADDI, A0, A0, 1).half(0).bytes();
    assertThat(Disassembler.listing(code, 0x1000).lines())
        .containsExactly(
            "1000:\t4501    \taddi\ta0,zero,0",
            "1002:\t00150513\taddi\ta0,a0,1",
            "1006:\t0000    \t.half\t0x0");
  }
}
