package org.javisor.riscv.isa;

/**
 * The compressed instructions of RV64 with C (volume I chapter 27): each is another spelling of one
 * 32-bit instruction. Code points that are hints expand into instructions without effect, reserved
 * ones and those of other extensions (Zcb, Zcmp and so on) into nothing.
 */
public final class Compressed {
  private static final int LOAD = 0x03;
  private static final int FLOAD = 0x07;
  private static final int IMMEDIATE = 0x13;
  private static final int IMMEDIATE_WORD = 0x1b;
  private static final int STORE = 0x23;
  private static final int FSTORE = 0x27;
  private static final int REGISTER = 0x33;
  private static final int LUI = 0x37;
  private static final int REGISTER_WORD = 0x3b;
  private static final int BRANCH = 0x63;
  private static final int JALR = 0x67;
  private static final int JAL = 0x6f;
  private static final int EBREAK = 0x0010_0073;

  private static final int SUBTRACT = 0x4000_0000;
  private static final int WORD = 2;
  private static final int DOUBLE = 3;
  private static final int SP = 2;

  private Compressed() {}

  /**
   * Expands a compressed instruction.
   *
   * @param half the instruction's 16 bits, whose low two are not both ones
   * @return the equivalent 32-bit encoding, or 0 if the code point is reserved
   */
  public static int expand(int half) {
    int funct3 = half >>> 13 & 7;
    return switch (half & 3) {
      case 0 -> quadrant0(funct3, half);
      case 1 -> quadrant1(funct3, half);
      case 2 -> quadrant2(funct3, half);
      default -> 0;
    };
  }

  private static int quadrant0(int funct3, int half) {
    int low = low(half);
    int high = high(half);
    int doubleOffset = (half >>> 7 & 0x38) | (half & 0x60) << 1;
    int wordOffset = (half >>> 7 & 0x38) | (half >>> 4 & 4) | (half & 0x20) << 1;
    return switch (funct3) {
      case 0 -> addi4spn(half, low);
      case 1 -> i(FLOAD, DOUBLE, low, high, doubleOffset);
      case 2 -> i(LOAD, WORD, low, high, wordOffset);
      case 3 -> i(LOAD, DOUBLE, low, high, doubleOffset);
      case 5 -> s(FSTORE, DOUBLE, high, low, doubleOffset);
      case 6 -> s(STORE, WORD, high, low, wordOffset);
      case 7 -> s(STORE, DOUBLE, high, low, doubleOffset);
      default -> 0;
    };
  }

  private static int addi4spn(int half, int low) {
    int immediate =
        (half >>> 7 & 0x30) | (half >>> 1 & 0x3c0) | (half >>> 4 & 4) | (half >>> 2 & 8);
    return immediate == 0 ? 0 : i(IMMEDIATE, 0, low, SP, immediate);
  }

  private static int quadrant1(int funct3, int half) {
    int rd = rd(half);
    int immediate = immediate(half);
    return switch (funct3) {
      case 0 -> i(IMMEDIATE, 0, rd, rd, immediate);
      case 1 -> rd == 0 ? 0 : i(IMMEDIATE_WORD, 0, rd, rd, immediate);
      case 2 -> i(IMMEDIATE, 0, rd, 0, immediate);
      case 3 -> rd == SP ? addi16sp(half) : lui(rd, immediate);
      case 4 -> arithmetic(half, immediate);
      case 5 -> JAL | Encoding.encodeJ(jumpOffset(half));
      default -> branch(funct3 & 1, high(half), branchOffset(half));
    };
  }

  private static int addi16sp(int half) {
    int immediate =
        -(half >>> 12 & 1) << 9
            | (half >>> 2 & 0x10)
            | (half & 0x20) << 1
            | (half & 0x18) << 4
            | (half & 4) << 3;
    return immediate == 0 ? 0 : i(IMMEDIATE, 0, SP, SP, immediate);
  }

  private static int lui(int rd, int immediate) {
    return immediate == 0 ? 0 : immediate << 12 | rd << 7 | LUI;
  }

  private static int arithmetic(int half, int immediate) {
    int high = high(half);
    int low = low(half);
    return switch (half >>> 10 & 3) {
      case 0 -> i(IMMEDIATE, 5, high, high, immediate & 63);
      case 1 -> i(IMMEDIATE, 5, high, high, immediate & 63) | SUBTRACT;
      case 2 -> i(IMMEDIATE, 7, high, high, immediate);
      default ->
          switch ((half >>> 10 & 4) | (half >>> 5 & 3)) {
            case 0 -> r(REGISTER, 0, high, high, low) | SUBTRACT;
            case 1 -> r(REGISTER, 4, high, high, low);
            case 2 -> r(REGISTER, 6, high, high, low);
            case 3 -> r(REGISTER, 7, high, high, low);
            case 4 -> r(REGISTER_WORD, 0, high, high, low) | SUBTRACT;
            case 5 -> r(REGISTER_WORD, 0, high, high, low);
            default -> 0;
          };
    };
  }

  private static int quadrant2(int funct3, int half) {
    int rd = rd(half);
    int rs2 = half >>> 2 & 31;
    int doubleLoad = (half >>> 7 & 0x20) | (half >>> 2 & 0x18) | (half & 0x1c) << 4;
    int wordLoad = (half >>> 7 & 0x20) | (half >>> 2 & 0x1c) | (half & 0xc) << 4;
    int doubleStore = (half >>> 7 & 0x38) | (half >>> 1 & 0x1c0);
    int wordStore = (half >>> 7 & 0x3c) | (half >>> 1 & 0xc0);
    return switch (funct3) {
      case 0 -> i(IMMEDIATE, 1, rd, rd, immediate(half) & 63);
      case 1 -> i(FLOAD, DOUBLE, rd, SP, doubleLoad);
      case 2 -> rd == 0 ? 0 : i(LOAD, WORD, rd, SP, wordLoad);
      case 3 -> rd == 0 ? 0 : i(LOAD, DOUBLE, rd, SP, doubleLoad);
      case 4 -> jumpMoveAdd(half >>> 12 & 1, rd, rs2);
      case 5 -> s(FSTORE, DOUBLE, SP, rs2, doubleStore);
      case 6 -> s(STORE, WORD, SP, rs2, wordStore);
      default -> s(STORE, DOUBLE, SP, rs2, doubleStore);
    };
  }

  private static int jumpMoveAdd(int bit12, int rd, int rs2) {
    if (rs2 != 0) {
      return r(REGISTER, 0, rd, bit12 == 0 ? 0 : rd, rs2);
    }
    if (rd == 0) {
      return bit12 == 0 ? 0 : EBREAK;
    }
    return i(JALR, 0, bit12, rd, 0);
  }

  /** The signed 6-bit immediate of the CI format. */
  private static int immediate(int half) {
    return -(half >>> 12 & 1) << 5 | (half >>> 2 & 31);
  }

  private static int jumpOffset(int half) {
    return -(half >>> 12 & 1) << 11
        | (half >>> 7 & 0x10)
        | (half >>> 1 & 0x300)
        | (half & 0x100) << 2
        | (half >>> 1 & 0x40)
        | (half & 0x40) << 1
        | (half >>> 2 & 0xe)
        | (half & 4) << 3;
  }

  private static int branchOffset(int half) {
    return -(half >>> 12 & 1) << 8
        | (half >>> 7 & 0x18)
        | (half & 0x60) << 1
        | (half >>> 2 & 6)
        | (half & 4) << 3;
  }

  private static int rd(int half) {
    return half >>> 7 & 31;
  }

  /** The register x8..x15 or f8..f15 named by bits 7 to 9. */
  private static int high(int half) {
    return (half >>> 7 & 7) | 8;
  }

  /** The register x8..x15 or f8..f15 named by bits 2 to 4. */
  private static int low(int half) {
    return (half >>> 2 & 7) | 8;
  }

  private static int i(int opcode, int funct3, int rd, int rs1, int immediate) {
    return immediate << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode;
  }

  private static int r(int opcode, int funct3, int rd, int rs1, int rs2) {
    return rs2 << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode;
  }

  private static int s(int opcode, int funct3, int rs1, int rs2, int immediate) {
    return Encoding.encodeS(immediate) | rs2 << 20 | rs1 << 15 | funct3 << 12 | opcode;
  }

  private static int branch(int funct3, int rs1, int offset) {
    return Encoding.encodeB(offset) | rs1 << 15 | funct3 << 12 | BRANCH;
  }
}
