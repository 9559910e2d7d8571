package org.javisor.riscv.isa;

import java.util.List;
import java.util.Locale;

/** Text of machine code, as {@code objdump -M no-aliases} writes it, but for symbols. */
public final class Disassembler {
  static final List<String> ROUNDING_MODES =
      List.of("rne", "rtz", "rdn", "rup", "rmm", "unknown", "unknown", "dyn");
  static final List<String> ORDERINGS = List.of("", ".rl", ".aq", ".aqrl");

  /** {@code fence rw,rw} with fence mode 8: orders all but earlier stores with later loads. */
  private static final int FENCE_TSO = 0x833;

  private Disassembler() {}

  /**
   * The text of one instruction.
   *
   * @param bits the instruction's 32 bits, of a compressed one the low 16; a compressed instruction
   *     is shown as the one it stands for
   * @param pc the address of the instruction, for the targets of branches
   */
  public static String text(int bits, long pc) {
    return text(Decoder.decode(bits), pc);
  }

  /** The text of one decoded instruction. */
  public static String text(long decoded, long pc) {
    Instruction row = Decoded.instruction(decoded);
    if (row == Instruction.ILLEGAL) {
      String directive = Decoded.length(decoded) == 2 ? ".half" : ".word";
      return directive + "\t0x" + Integer.toHexString((int) Decoded.immediate(decoded));
    }
    if (row == Instruction.FENCE && Decoded.immediate(decoded) == FENCE_TSO) {
      return "fence.tso";
    }
    var text = new StringBuilder(row.mnemonic());
    List<Operand> syntax = Operand.of(row);
    if (syntax.contains(Operand.ORDERING)) {
      text.append(ORDERINGS.get((int) Decoded.immediate(decoded)));
    }
    String separator = "\t";
    for (Operand operand : syntax) {
      String part = part(row, operand, decoded, pc);
      if (!part.isEmpty()) {
        boolean isOffsetBefore = operand == Operand.BASE && syntax.contains(Operand.IMMEDIATE);
        text.append(isOffsetBefore ? "" : separator).append(part);
        separator = ",";
      }
    }
    return text.toString();
  }

  /**
   * The text of a piece of code, a line an instruction, each with its address and encoding.
   *
   * @param origin the address of the first byte
   */
  public static String listing(byte[] code, long origin) {
    var listing = new StringBuilder();
    int offset = 0;
    while (offset + 1 < code.length) {
      int bits = half(code, offset);
      boolean isShort = (bits & 3) != 3 || offset + 3 >= code.length;
      String hex = String.format(Locale.ROOT, "%04x    ", bits);
      if (!isShort) {
        bits |= half(code, offset + 2) << 16;
        hex = String.format(Locale.ROOT, "%08x", bits);
      }
      long pc = origin + offset;
      String text = (bits & 3) == 3 && isShort ? ".half\t0x" + hex.trim() : text(bits, pc);
      listing.append(String.format(Locale.ROOT, "%x:\t%s\t%s%n", pc, hex, text));
      offset += isShort ? 2 : 4;
    }
    return listing.toString();
  }

  private static int half(byte[] code, int offset) {
    return (code[offset] & 0xff) | (code[offset + 1] & 0xff) << 8;
  }

  private static String part(Instruction row, Operand operand, long decoded, long pc) {
    long immediate = Decoded.immediate(decoded);
    return switch (operand) {
      case RD -> Register.name(operand.file(row), Decoded.rd(decoded) & 31);
      case RS1 -> Register.name(operand.file(row), Decoded.rs1(decoded));
      case BASE -> "(" + Register.name(operand.file(row), Decoded.rs1(decoded)) + ")";
      case RS2 -> Register.name(operand.file(row), Decoded.rs2(decoded));
      case RS3 -> Register.name(operand.file(row), Decoded.rs3(decoded));
      case IMMEDIATE -> Long.toString(immediate);
      case SHIFT_AMOUNT -> "0x" + Long.toHexString(immediate);
      case UPPER -> "0x" + Long.toHexString(immediate >>> 12 & 0xf_ffff);
      case TARGET -> "0x" + Long.toHexString(pc + immediate);
      case CONTROL_REGISTER -> ControlRegisterNames.name((int) immediate);
      case SMALL_IMMEDIATE -> Integer.toString(Decoded.rs1(decoded));
      case PREDECESSORS -> fenceSet(immediate >>> 4);
      case SUCCESSORS -> fenceSet(immediate);
      case ROUNDING_MODE -> roundingMode(row, Decoded.rm(decoded));
      case ORDERING -> "";
    };
  }

  private static String roundingMode(Instruction row, int rm) {
    return rm == Encoder.defaultRoundingMode(row) ? "" : ROUNDING_MODES.get(rm);
  }

  private static String fenceSet(long bits) {
    String set =
        ((bits & 8) != 0 ? "i" : "")
            + ((bits & 4) != 0 ? "o" : "")
            + ((bits & 2) != 0 ? "r" : "")
            + ((bits & 1) != 0 ? "w" : "");
    return set.isEmpty() ? "unknown" : set;
  }
}
