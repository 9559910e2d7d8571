package org.javisor.riscv.oracle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.javisor.riscv.isa.Compressed;
import org.javisor.riscv.isa.Decoded;
import org.javisor.riscv.isa.Decoder;
import org.javisor.riscv.isa.Encoder;
import org.javisor.riscv.isa.Instruction;
import org.javisor.riscv.isa.RegisterFile;
import org.javisor.riscv.isa.Shape;

/**
 * Makes a random sequence from a seed: instructions of every row of the table that a user program
 * can execute with a defined result, in 32-bit and compressed encodings.
 *
 * <p>Three registers hold addresses in the window and are never written: x2, one that compressed
 * instructions can name, and one that is aligned to 4 only. Code that could have no defined result,
 * or end the program, is left out: misaligned atomics, store-conditional after a store or to
 * another width than the load-reserved, reserved rounding modes in frm, ecall, ebreak.
 */
public final class SequenceSource {
  private static final int SP = 2;
  private static final int FFLAGS = 1;
  private static final int FRM = 2;
  private static final int FCSR = 3;
  private static final int MAXIMUM_SKIP = 6;

  /** Compressed encodings by what they expand to. */
  private static final Map<Integer, Integer> COMPRESSED = new HashMap<>();

  private static final int[] COMPRESSED_VALID =
      IntStream.range(0, 1 << 16)
          .filter(half -> (half & 3) != 3 && Compressed.expand(half) != 0)
          .toArray();

  private static final List<Instruction> COMPUTING =
      rows(Shape.ALU_RR, Shape.ALU_R, Shape.ALU_RI, Shape.ALU_PC).stream()
          .filter(row -> row != Instruction.CTZW)
          .toList();
  private static final List<Instruction> MOVING =
      rows(Shape.LOAD, Shape.STORE, Shape.FLOAD, Shape.FSTORE);
  private static final List<Instruction> BRANCHING = rows(Shape.BRANCH);
  private static final List<Instruction> FLOATING =
      rows(Shape.F_F, Shape.F_FF, Shape.F_FFF, Shape.X_F, Shape.X_FF, Shape.F_X);
  private static final List<Instruction> ATOMIC =
      rows(Shape.AMO).stream().filter(row -> row.name().startsWith("AMO")).toList();

  static {
    for (int half : COMPRESSED_VALID) {
      COMPRESSED.put(Compressed.expand(half), half);
    }
  }

  private static List<Instruction> rows(Shape... shapes) {
    return Stream.of(Instruction.values())
        .filter(row -> List.of(shapes).contains(row.shape()))
        .toList();
  }

  private final SplittableRandom random;
  private final Values values;
  private final int compressedBase;
  private final int wordBase;
  private final int[] favourites = new int[6];

  /** A source whose units follow from the seed alone. */
  public SequenceSource(long seed) {
    random = new SplittableRandom(seed);
    values = new Values(random);
    compressedBase = random.nextInt(8, 16);
    wordBase = random.nextInt(16, 32);
    for (int i = 0; i < favourites.length; i++) {
      favourites[i] = random.nextInt(1, 32);
    }
  }

  /** A register of x8 to x15 that code expects to hold an address, a multiple of 8. */
  public int compressedBase() {
    return compressedBase;
  }

  /** A register that code expects to hold an address, a multiple of 4. */
  public int wordBase() {
    return wordBase;
  }

  static Sequence sequence(long seed) {
    return new SequenceSource(seed).sequence(seed, 40);
  }

  private Sequence sequence(long seed, int length) {
    var registers = new ArrayList<Long>();
    for (int i = 0; i < 31; i++) {
      registers.add(values.integer());
    }
    for (int i = 0; i < 32; i++) {
      registers.add(values.register());
    }
    registers.add((long) (random.nextInt(5) << 5 | random.nextInt(32) & random.nextInt(32)));
    int stackOffset = 8 * random.nextInt(-16, 17);
    registers.set(SP - 1, Layout.WINDOW_CENTER + stackOffset);
    registers.set(compressedBase - 1, Layout.WINDOW_CENTER + 8 * random.nextInt(-16, 17));
    registers.set(wordBase - 1, Layout.WINDOW_CENTER + 4 * random.nextInt(-33, 33));
    var units = new ArrayList<Unit>();
    for (int i = 0; i < length; i++) {
      units.add(unit());
    }
    return new Sequence(
        seed,
        registers,
        stackOffset,
        random.nextInt(16),
        random.nextInt(1, 4),
        destinationOtherThanZero(),
        List.copyOf(units));
  }

  /** The next unit; it may use what registers and floating point there are. */
  public Unit unit() {
    int choice = random.nextInt(100);
    if (choice < 28) {
      return choice == 0 ? countingZeros() : straight(computing());
    } else if (choice < 42) {
      return straight(compressed());
    } else if (choice < 58) {
      return straight(moving());
    } else if (choice < 64) {
      return straight(atomic());
    } else if (choice < 68) {
      return reserving();
    } else if (choice < 88) {
      return floatingAlone();
    } else if (choice < 92) {
      return control();
    } else if (choice < 93) {
      return patching();
    } else if (choice < 94) {
      return straight(Instruction.FENCE.match() | random.nextInt() & ~Instruction.FENCE.mask());
    } else {
      return jump();
    }
  }

  private static Unit straight(Integer... encodings) {
    return new Unit.Straight(List.of(encodings));
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private int source() {
    return random.nextBoolean()
        ? favourites[random.nextInt(favourites.length)]
        : random.nextInt(32);
  }

  private int destination() {
    int register = source();
    return isBase(register) ? destination() : register;
  }

  private boolean isBase(int register) {
    return register == SP || register == compressedBase || register == wordBase;
  }

  /** A row's pattern with random operands, but for rd, which must be no base. */
  private int computing() {
    Instruction row = any(COMPUTING);
    int bits = row.match() | random.nextInt() & ~row.mask();
    bits = withDestination(row, bits);
    if (row.shape() != Shape.ALU_PC) {
      bits = bits & ~(31 << 15) | source() << 15;
    }
    if (row.shape() == Shape.ALU_RR) {
      bits = bits & ~(31 << 20) | source() << 20;
    }
    return bits;
  }

  /** QEMU before version 8 counts beyond the low word if that is zero, so it is not. */
  private Unit countingZeros() {
    int scratch = destinationOtherThanZero();
    return straight(
        Encoder.encode(Instruction.BSETI, scratch, source(), random.nextInt(32)),
        Encoder.encode(Instruction.CTZW, destination(), scratch));
  }

  private int withDestination(Instruction row, int bits) {
    return row.shape().destination() == RegisterFile.INTEGER
        ? bits & ~(31 << 7) | destination() << 7
        : bits;
  }

  /** A compressed instruction that neither jumps nor writes a base nor goes outside the window. */
  private int compressed() {
    while (true) {
      int half = COMPRESSED_VALID[random.nextInt(COMPRESSED_VALID.length)];
      long decoded = Decoder.decode(half);
      if (isUsable(decoded)) {
        return half;
      }
    }
  }

  private boolean isUsable(long decoded) {
    Shape shape = Decoded.instruction(decoded).shape();
    int rs1 = Decoded.rs1(decoded);
    boolean isAddressed = rs1 == SP || rs1 == compressedBase;
    return switch (shape) {
      case ALU_RR, ALU_RI, ALU_PC -> !isBase(Decoded.rd(decoded));
      case LOAD -> isAddressed && !isBase(Decoded.rd(decoded));
      case FLOAD, STORE, FSTORE -> isAddressed;
      default -> false;
    };
  }

  private int base() {
    return switch (random.nextInt(3)) {
      case 0 -> SP;
      case 1 -> compressedBase;
      default -> wordBase;
    };
  }

  private int moving() {
    Instruction row = any(MOVING);
    // Aligned and not; near the base, so that loads find what stores have left.
    int offset = random.nextInt(-64, 64) * (random.nextBoolean() ? 8 : 1);
    boolean isFloat = row.shape() == Shape.FLOAD || row.shape() == Shape.FSTORE;
    int register =
        isFloat ? random.nextInt(32) : row.shape() == Shape.LOAD ? destination() : source();
    int bits = Encoder.encode(row, register, offset, base());
    return random.nextBoolean() ? COMPRESSED.getOrDefault(bits, bits) : bits;
  }

  private int baseFor(Instruction row) {
    return row.name().endsWith("_W") ? base() : random.nextBoolean() ? SP : compressedBase;
  }

  private int atomic() {
    if (random.nextInt(12) == 0) {
      // Nothing is reserved: it fails and stores nothing.
      Instruction row = random.nextBoolean() ? Instruction.SC_W : Instruction.SC_D;
      return Encoder.encode(row, destination(), source(), baseFor(row), random.nextInt(4));
    }
    Instruction row = any(ATOMIC);
    return Encoder.encode(row, destination(), source(), baseFor(row), random.nextInt(4));
  }

  private Unit reserving() {
    boolean isWord = random.nextBoolean();
    Instruction load = isWord ? Instruction.LR_W : Instruction.LR_D;
    Instruction store = isWord ? Instruction.SC_W : Instruction.SC_D;
    int base = baseFor(load);
    int other = random.nextInt(4) == 0 ? baseFor(load) : base;
    var encodings = new ArrayList<Integer>();
    encodings.add(Encoder.encode(load, destination(), base, random.nextInt(4)));
    for (int i = random.nextInt(3); i > 0; i--) {
      encodings.add(computing());
    }
    encodings.add(Encoder.encode(store, destination(), source(), other, random.nextInt(4)));
    return new Unit.Straight(encodings);
  }

  /** Often with the flags of this one instruction, which others would otherwise have set. */
  private Unit floatingAlone() {
    return random.nextBoolean()
        ? straight(floating())
        : straight(
            Encoder.encode(Instruction.CSRRWI, 0, FFLAGS, 0),
            floating(),
            Encoder.encode(Instruction.CSRRS, destination(), FFLAGS, 0));
  }

  /** Changes the immediate of its own last instruction, another time in each repetition. */
  private Unit patching() {
    int here = destinationOtherThan(0, 0);
    int word = destinationOtherThan(here, 0);
    int toggle = destinationOtherThan(here, word);
    int patched = destination();
    int distance = 24;
    return straight(
        Encoder.encode(Instruction.AUIPC, here, 0),
        Encoder.encode(Instruction.LW, word, distance, here),
        Encoder.encode(Instruction.LUI, toggle, 1 << (8 + random.nextInt(11))),
        Encoder.encode(Instruction.XOR, word, word, toggle),
        Encoder.encode(Instruction.SW, word, distance, here),
        Instruction.FENCE_I.match(),
        Encoder.encode(Instruction.ADDI, patched, source(), 0));
  }

  private int floating() {
    Instruction row = any(FLOATING);
    int bits = withDestination(row, row.match() | random.nextInt() & ~row.mask());
    if (row.shape() == Shape.F_X) {
      bits = bits & ~(31 << 15) | source() << 15;
    }
    if (row.hasRoundingMode()) {
      int mode = random.nextInt(6);
      bits = bits & ~(7 << 12) | (mode == 5 ? Decoded.DYNAMIC_ROUNDING : mode) << 12;
    }
    return bits;
  }

  /** Access to the floating-point CSRs that leaves a valid rounding mode. */
  private Unit control() {
    int rd = destination();
    int rs1 = source();
    int scratch = destinationOtherThanZero();
    int bits = random.nextInt(32);
    return switch (random.nextInt(10)) {
      case 0 -> straight(Encoder.encode(Instruction.CSRRW, rd, FFLAGS, rs1));
      case 1 -> straight(Encoder.encode(Instruction.CSRRS, rd, FFLAGS, rs1));
      case 2 -> straight(Encoder.encode(Instruction.CSRRC, rd, random.nextInt(1, 4), rs1));
      case 3 -> straight(Encoder.encode(Instruction.CSRRWI, rd, FFLAGS, bits));
      case 4 ->
          straight(
              Encoder.encode(Instruction.CSRRSI, rd, random.nextBoolean() ? FFLAGS : FCSR, bits));
      case 5 -> straight(Encoder.encode(Instruction.CSRRCI, rd, random.nextInt(1, 4), bits));
      case 6 -> straight(Encoder.encode(Instruction.CSRRS, rd, random.nextInt(1, 4), 0));
      case 7 -> straight(Encoder.encode(Instruction.CSRRWI, rd, FRM, random.nextInt(5)));
      case 8 ->
          straight(
              Encoder.encode(Instruction.ADDI, scratch, 0, random.nextInt(5)),
              Encoder.encode(Instruction.CSRRW, rd, FRM, scratch));
      default ->
          straight(
              Encoder.encode(Instruction.ADDI, scratch, 0, random.nextInt(5) << 5 | bits),
              Encoder.encode(Instruction.CSRRW, rd, FCSR, scratch));
    };
  }

  private int destinationOtherThanZero() {
    return destinationOtherThan(0, 0);
  }

  /** A register that may be written, not x0 and neither of two others. */
  private int destinationOtherThan(int first, int second) {
    int register = random.nextInt(1, 32);
    boolean isTaken = isBase(register) || register == first || register == second;
    return isTaken ? destinationOtherThan(first, second) : register;
  }

  private Unit jump() {
    int rd = destination();
    int rs1 = source();
    int rs2 = random.nextInt(4) == 0 ? rs1 : source();
    int low = random.nextInt(8, 16);
    int scratch = destinationOtherThanZero();
    int link = random.nextInt(2);
    Unit.Form form =
        switch (random.nextInt(9)) {
          case 0 -> d -> List.of(Encoder.encode(Instruction.JAL, rd, d));
          case 1 -> d -> List.of(COMPRESSED.get(Encoder.encode(Instruction.JAL, 0, d)));
          case 2 -> d -> List.of(COMPRESSED.get(Encoder.encode(Instruction.BEQ, low, 0, d)));
          case 3 -> d -> List.of(COMPRESSED.get(Encoder.encode(Instruction.BNE, low, 0, d)));
          case 4 ->
              d ->
                  List.of(
                      Encoder.encode(Instruction.AUIPC, scratch, 0),
                      Encoder.encode(Instruction.JALR, rd, d, scratch));
          case 5 ->
              d ->
                  List.of(
                      Encoder.encode(Instruction.AUIPC, scratch, 0),
                      Encoder.encode(Instruction.ADDI, scratch, scratch, d),
                      COMPRESSED.get(Encoder.encode(Instruction.JALR, link, 0, scratch)));
          default -> {
            Instruction row = any(BRANCHING);
            yield d -> List.of(Encoder.encode(row, rs1, rs2, d));
          }
        };
    return new Unit.Jump(random.nextInt(MAXIMUM_SKIP + 1), form);
  }
}
