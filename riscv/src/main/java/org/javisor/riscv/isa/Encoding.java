package org.javisor.riscv.isa;

/** Positions of the fields of a 32-bit encoding, and the immediates of the formats. */
final class Encoding {
  static final int FUNCT3_MASK = 7 << 12;
  static final int RD_MASK = 31 << 7;
  static final int RS1_MASK = 31 << 15;
  static final int RS2_MASK = 31 << 20;

  private Encoding() {}

  static int rd(int bits) {
    return bits >>> 7 & 31;
  }

  static int funct3(int bits) {
    return bits >>> 12 & 7;
  }

  static int rs1(int bits) {
    return bits >>> 15 & 31;
  }

  static int rs2(int bits) {
    return bits >>> 20 & 31;
  }

  static int rs3(int bits) {
    return bits >>> 27;
  }

  static int immediateS(int bits) {
    return bits >> 25 << 5 | rd(bits);
  }

  static int immediateB(int bits) {
    return bits >> 31 << 12
        | (bits & 0x80) << 4
        | (bits >>> 25 & 0x3f) << 5
        | (bits >>> 8 & 15) << 1;
  }

  static int immediateJ(int bits) {
    return bits >> 31 << 20
        | (bits & 0xff000)
        | (bits >>> 20 & 1) << 11
        | (bits >>> 21 & 0x3ff) << 1;
  }

  static int encodeS(int immediate) {
    return (immediate >>> 5 & 0x7f) << 25 | (immediate & 31) << 7;
  }

  static int encodeB(int immediate) {
    return (immediate >>> 12 & 1) << 31
        | (immediate >>> 5 & 0x3f) << 25
        | (immediate >>> 1 & 15) << 8
        | (immediate >>> 11 & 1) << 7;
  }

  static int encodeJ(int immediate) {
    return (immediate >>> 20 & 1) << 31
        | (immediate >>> 1 & 0x3ff) << 21
        | (immediate >>> 11 & 1) << 20
        | (immediate & 0xff000);
  }
}
