package org.javisor.riscv.isa;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Turns machine words into {@linkplain Decoded decoded instructions}.
 *
 * <p>Cold code is decoded once an instruction, and operating systems run much of it, so this does
 * not search: major opcode, funct3 and funct7 of a word index a table built from the rows. Most
 * entries name the row; where rows also fix other fields, the entry names a short list to compare.
 */
public final class Decoder {
  /** Major opcode (without its two constant low bits), funct3 and funct7. */
  private static final int INDEXED_MASK = 0xfe00_707f;

  private static final int RD = 31 << Decoded.RD_SHIFT;
  private static final int RS1 = 31 << Decoded.RS1_SHIFT;
  private static final int RS2 = 31 << Decoded.RS2_SHIFT;
  private static final int RM = 7 << Decoded.RM_SHIFT;
  private static final int SINK = Decoded.SINK << Decoded.RD_SHIFT;

  private static final int ROWS = Instruction.count();
  private static final int ILLEGAL = Instruction.ILLEGAL.opcode();

  /** By {@link #index}: an ordinal, or the complement of an index into {@link #CANDIDATES}. */
  private static final short[] FIRST = new short[1 << 15];

  private static final short[][] CANDIDATES;

  // By ordinal.
  private static final Format[] FORMAT = new Format[ROWS];
  private static final int[] MASK = new int[ROWS];
  private static final int[] MATCH = new int[ROWS];

  /** The register fields of the result that the row has as operands. */
  private static final int[] FIELDS = new int[ROWS];

  /** What a zero rd becomes: the sink, unless f0 is meant. */
  private static final int[] ZERO_RD = new int[ROWS];

  static {
    for (int opcode = 0; opcode < ROWS; opcode++) {
      Instruction row = Instruction.of(opcode);
      FORMAT[opcode] = row.format();
      MASK[opcode] = row.mask();
      MATCH[opcode] = row.match();
      FIELDS[opcode] = fields(row);
      ZERO_RD[opcode] = row.shape().destination() == RegisterFile.FLOAT ? 0 : SINK;
    }
    Arrays.fill(FIRST, (short) ILLEGAL);
    List<short[]> candidates = new ArrayList<>();
    for (int opcode = 0; opcode < ROWS; opcode++) {
      if (Instruction.of(opcode).isReal()) {
        enter(Instruction.of(opcode), candidates);
      }
    }
    CANDIDATES = candidates.toArray(short[][]::new);
  }

  private Decoder() {}

  /**
   * Decodes an instruction.
   *
   * @param bits the instruction's 32 bits; of a compressed instruction only the low 16 matter
   * @return the packed instruction; one of {@link Instruction#ILLEGAL} with the bits as its
   *     immediate (16 or 32 of them) if the encoding is reserved or of no extension we have
   */
  public static long decode(int bits) {
    if ((bits & 3) != 3) {
      return decodeCompressed(bits & 0xffff);
    }
    return decodeAs(opcode(bits), bits);
  }

  private static long decodeCompressed(int half) {
    int expanded = Compressed.expand(half);
    if (expanded == 0) {
      return (long) half << Decoded.IMMEDIATE_SHIFT | SINK | ILLEGAL;
    }
    return decodeAs(opcode(expanded), expanded) & ~(long) Decoded.FOUR_BYTES;
  }

  private static int opcode(int bits) {
    int first = FIRST[index(bits)];
    return first >= 0 ? first : select(CANDIDATES[~first], bits);
  }

  private static int select(short[] candidates, int bits) {
    for (short candidate : candidates) {
      if ((bits & MASK[candidate]) == MATCH[candidate]) {
        return candidate;
      }
    }
    return ILLEGAL;
  }

  private static long decodeAs(int opcode, int bits) {
    int registers =
        ((bits << 3 & RD) | (bits << 1 & (RS1 | RS2)) | (bits << 14 & RM)) & FIELDS[opcode];
    if ((registers & RD) == 0) {
      registers |= ZERO_RD[opcode];
    }
    int immediate =
        switch (FORMAT[opcode]) {
          case I -> bits >> 20;
          case S -> Encoding.immediateS(bits);
          case B -> Encoding.immediateB(bits);
          case U -> bits & 0xffff_f000;
          case J -> Encoding.immediateJ(bits);
          case SHIFT -> (bits & ~MASK[opcode]) >>> 20;
          case CSR, CSRI, FENCE -> bits >>> 20;
          case AMO -> bits >>> 25 & 3;
          case R4 -> Encoding.rs3(bits);
          case R -> 0;
          case NONE -> opcode == ILLEGAL ? bits : 0;
        };
    return (long) immediate << Decoded.IMMEDIATE_SHIFT | registers | Decoded.FOUR_BYTES | opcode;
  }

  private static int index(int bits) {
    return (bits >>> 2 & 31) | (bits >>> 12 & 7) << 5 | (bits >>> 25) << 8;
  }

  private static int fields(Instruction row) {
    Shape shape = row.shape();
    Format format = row.format();
    int fields = 0;
    if (shape.destination() != RegisterFile.NONE) {
      fields |= RD;
    }
    if (shape.first() != RegisterFile.NONE && isOpen(row, Encoding.RS1_MASK, format)) {
      fields |= RS1;
    }
    if (shape.second() != RegisterFile.NONE && isOpen(row, Encoding.RS2_MASK, format)) {
      fields |= RS2;
    }
    if (row.hasRoundingMode()) {
      fields |= RM;
    }
    return fields;
  }

  private static boolean isOpen(Instruction row, int field, Format format) {
    return format != Format.NONE && format != Format.FENCE && (row.mask() & field) == 0;
  }

  /** Enters a row under every index that agrees with the fixed bits of its pattern. */
  private static void enter(Instruction row, List<short[]> candidates) {
    int open = INDEXED_MASK & ~row.mask();
    boolean decided = (row.mask() & ~INDEXED_MASK) == 0;
    int subset = 0;
    do {
      int bits = (row.match() & INDEXED_MASK) | subset;
      if (!row.hasRoundingMode() || isRoundingMode(Encoding.funct3(bits))) {
        int index = index(bits);
        if (decided) {
          FIRST[index] = (short) row.opcode();
        } else {
          addCandidate(index, (short) row.opcode(), candidates);
        }
      }
      subset = (subset - open) & open; // the next subset of the open bits
    } while (subset != 0);
  }

  private static void addCandidate(int index, short opcode, List<short[]> candidates) {
    if (FIRST[index] >= 0) {
      FIRST[index] = (short) ~candidates.size();
      candidates.add(new short[] {opcode});
    } else {
      short[] old = candidates.get(~FIRST[index]);
      short[] longer = Arrays.copyOf(old, old.length + 1);
      longer[old.length] = opcode;
      candidates.set(~FIRST[index], longer);
    }
  }

  /**
   * Modes 5 and 6 are reserved (volume I section 21.2); instructions that name them are illegal.
   */
  private static boolean isRoundingMode(int rm) {
    return rm <= 4 || rm == Decoded.DYNAMIC_ROUNDING;
  }
}
