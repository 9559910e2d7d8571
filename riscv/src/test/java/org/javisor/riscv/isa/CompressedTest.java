package org.javisor.riscv.isa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.javisor.riscv.isa.Instruction.ADD;
import static org.javisor.riscv.isa.Instruction.ADDI;
import static org.javisor.riscv.isa.Instruction.ADDIW;
import static org.javisor.riscv.isa.Instruction.ADDW;
import static org.javisor.riscv.isa.Instruction.AND;
import static org.javisor.riscv.isa.Instruction.ANDI;
import static org.javisor.riscv.isa.Instruction.BEQ;
import static org.javisor.riscv.isa.Instruction.BNE;
import static org.javisor.riscv.isa.Instruction.EBREAK;
import static org.javisor.riscv.isa.Instruction.FLD;
import static org.javisor.riscv.isa.Instruction.FSD;
import static org.javisor.riscv.isa.Instruction.JAL;
import static org.javisor.riscv.isa.Instruction.JALR;
import static org.javisor.riscv.isa.Instruction.LD;
import static org.javisor.riscv.isa.Instruction.LUI;
import static org.javisor.riscv.isa.Instruction.LW;
import static org.javisor.riscv.isa.Instruction.OR;
import static org.javisor.riscv.isa.Instruction.SD;
import static org.javisor.riscv.isa.Instruction.SLLI;
import static org.javisor.riscv.isa.Instruction.SRAI;
import static org.javisor.riscv.isa.Instruction.SRLI;
import static org.javisor.riscv.isa.Instruction.SUB;
import static org.javisor.riscv.isa.Instruction.SUBW;
import static org.javisor.riscv.isa.Instruction.SW;
import static org.javisor.riscv.isa.Instruction.XOR;

import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/**
 * All 65,536 code points against the tables of volume I section 27.8, written down here in the form
 * they are printed in: the pattern, and which bits of the immediate its letters i are, from left to
 * right. {@code d} and {@code s} are register fields; of three bits they mean x8 to x15.
 */
class CompressedTest {
  private static final int SP = 2;

  /** How operands make the base instruction. */
  private interface Expansion {
    int encode(int d, int s, int immediate);
  }

  private record Operands(int d, int s, int immediate) {}

  private record Form(
      String pattern, String immediate, Predicate<Operands> exists, Expansion expansion) {}

  private static Form form(String pattern, String immediate, Expansion expansion) {
    return new Form(pattern, immediate, o -> true, expansion);
  }

  private static Form form(
      String pattern, String immediate, Predicate<Operands> exists, Expansion expansion) {
    return new Form(pattern, immediate, exists, expansion);
  }

  private static Form alu(String pattern, Instruction row) {
    return form(pattern, "", (d, s, i) -> Encoder.encode(row, d, d, s));
  }

  private static int e(Instruction row, int... operands) {
    return Encoder.encode(row, operands);
  }

  /** A leading minus means that the immediate is signed. */
  private static final List<Form> FORMS =
      List.of(
          form(
              "000 iiiiiiii ddd 00",
              "5 4 9 8 7 6 2 3",
              o -> o.immediate != 0,
              (d, s, i) -> e(ADDI, d, SP, i)),
          form("001 iii sss ii ddd 00", "5 4 3 7 6", (d, s, i) -> e(FLD, d, i, s)),
          form("010 iii sss ii ddd 00", "5 4 3 2 6", (d, s, i) -> e(LW, d, i, s)),
          form("011 iii sss ii ddd 00", "5 4 3 7 6", (d, s, i) -> e(LD, d, i, s)),
          form("101 iii sss ii ddd 00", "5 4 3 7 6", (d, s, i) -> e(FSD, d, i, s)),
          form("110 iii sss ii ddd 00", "5 4 3 2 6", (d, s, i) -> e(SW, d, i, s)),
          form("111 iii sss ii ddd 00", "5 4 3 7 6", (d, s, i) -> e(SD, d, i, s)),
          form("000 i ddddd iiiii 01", "-5 4 3 2 1 0", (d, s, i) -> e(ADDI, d, d, i)),
          form(
              "001 i ddddd iiiii 01",
              "-5 4 3 2 1 0",
              o -> o.d != 0,
              (d, s, i) -> e(ADDIW, d, d, i)),
          form("010 i ddddd iiiii 01", "-5 4 3 2 1 0", (d, s, i) -> e(ADDI, d, 0, i)),
          form(
              "011 i 00010 iiiii 01",
              "-9 4 6 8 7 5",
              o -> o.immediate != 0,
              (d, s, i) -> e(ADDI, SP, SP, i)),
          form(
              "011 i ddddd iiiii 01",
              "-17 16 15 14 13 12",
              o -> o.immediate != 0 && o.d != SP,
              (d, s, i) -> e(LUI, d, i >> 12)),
          form("100 i 00 ddd iiiii 01", "5 4 3 2 1 0", (d, s, i) -> e(SRLI, d, d, i)),
          form("100 i 01 ddd iiiii 01", "5 4 3 2 1 0", (d, s, i) -> e(SRAI, d, d, i)),
          form("100 i 10 ddd iiiii 01", "-5 4 3 2 1 0", (d, s, i) -> e(ANDI, d, d, i)),
          alu("100 0 11 ddd 00 sss 01", SUB),
          alu("100 0 11 ddd 01 sss 01", XOR),
          alu("100 0 11 ddd 10 sss 01", OR),
          alu("100 0 11 ddd 11 sss 01", AND),
          alu("100 1 11 ddd 00 sss 01", SUBW),
          alu("100 1 11 ddd 01 sss 01", ADDW),
          form("101 iiiiiiiiiii 01", "-11 4 9 8 10 6 7 3 2 1 5", (d, s, i) -> e(JAL, 0, i)),
          form("110 iii sss iiiii 01", "-8 4 3 7 6 2 1 5", (d, s, i) -> e(BEQ, s, 0, i)),
          form("111 iii sss iiiii 01", "-8 4 3 7 6 2 1 5", (d, s, i) -> e(BNE, s, 0, i)),
          form("000 i ddddd iiiii 10", "5 4 3 2 1 0", (d, s, i) -> e(SLLI, d, d, i)),
          form("001 i ddddd iiiii 10", "5 4 3 8 7 6", (d, s, i) -> e(FLD, d, i, SP)),
          form("010 i ddddd iiiii 10", "5 4 3 2 7 6", o -> o.d != 0, (d, s, i) -> e(LW, d, i, SP)),
          form("011 i ddddd iiiii 10", "5 4 3 8 7 6", o -> o.d != 0, (d, s, i) -> e(LD, d, i, SP)),
          form("100 0 ddddd 00000 10", "", o -> o.d != 0, (d, s, i) -> e(JALR, 0, 0, d)),
          form("100 0 ddddd sssss 10", "", o -> o.s != 0, (d, s, i) -> e(ADD, d, 0, s)),
          form("100 1 00000 00000 10", "", (d, s, i) -> e(EBREAK)),
          form("100 1 ddddd 00000 10", "", o -> o.d != 0, (d, s, i) -> e(JALR, 1, 0, d)),
          form("100 1 ddddd sssss 10", "", o -> o.s != 0, (d, s, i) -> e(ADD, d, d, s)),
          form("101 iiiiii sssss 10", "5 4 3 8 7 6", (d, s, i) -> e(FSD, s, i, SP)),
          form("110 iiiiii sssss 10", "5 4 3 2 7 6", (d, s, i) -> e(SW, s, i, SP)),
          form("111 iiiiii sssss 10", "5 4 3 8 7 6", (d, s, i) -> e(SD, s, i, SP)));

  private static int expected(int half) {
    for (Form form : FORMS) {
      int encoding = expand(form, half);
      if (encoding != 0) {
        return encoding;
      }
    }
    return 0;
  }

  private static int expand(Form form, int half) {
    String pattern = form.pattern.replace(" ", "");
    String[] places = form.immediate.replace("-", "").split(" ");
    int d = 0;
    int s = 0;
    int immediate = 0;
    int place = 0;
    for (int i = 0; i < 16; i++) {
      int bit = half >> (15 - i) & 1;
      switch (pattern.charAt(i)) {
        case 'd' -> d = d << 1 | bit;
        case 's' -> s = s << 1 | bit;
        case 'i' -> immediate |= bit << Integer.parseInt(places[place++]);
        default -> {
          if (bit != pattern.charAt(i) - '0') {
            return 0;
          }
        }
      }
    }
    if (form.immediate.startsWith("-")) {
      int unused = 31 - Integer.parseInt(places[0]);
      immediate = immediate << unused >> unused;
    }
    d += pattern.contains("ddd") && !pattern.contains("ddddd") ? 8 : 0;
    s += pattern.contains("sss") && !pattern.contains("sssss") ? 8 : 0;
    boolean exists = form.exists.test(new Operands(d, s, immediate));
    return exists ? form.expansion.encode(d, s, immediate) : 0;
  }

  @Test
  void everyCodePointExpandsAsTheManualSays() {
    for (int half = 0; half < 1 << 16; half++) {
      if ((half & 3) != 3) {
        assertThat(Compressed.expand(half)).as("%04x", half).isEqualTo(expected(half));
      }
    }
  }

  @Test
  void allZerosIsIllegal() {
    assertThat(Compressed.expand(0)).isZero();
  }

  @Test
  void hintsAreInstructionsWithoutEffect() {
    assertThat(Compressed.expand(0x0005)).isEqualTo(e(ADDI, 0, 0, 1)); // c.nop 1
    assertThat(Compressed.expand(0x4005)).isEqualTo(e(ADDI, 0, 0, 1)); // c.li zero, 1
    assertThat(Compressed.expand(0x8006)).isEqualTo(e(ADD, 0, 0, 1)); // c.mv zero, ra
    assertThat(Compressed.expand(0x0002)).isEqualTo(e(SLLI, 0, 0, 0)); // c.slli64 zero
  }
}
