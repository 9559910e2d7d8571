package org.javisor.riscv.isa;

import static org.javisor.riscv.isa.Register.ZERO;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A small assembler: tests and program generators need no toolchain.
 *
 * <pre>{@code
 * byte[] program =
 *     new Assembler(0x8000_0000L)
 *         .li(A0, 10)
 *         .label("loop")
 *         .emit(ADDI, A0, A0, -1)
 *         .branch(BNE, A0, ZERO, "loop")
 *         .source("""
 *             csrrw a1, sscratch, a0
 *             ld    t0, 8(sp)
 *             ret
 *             """)
 *         .bytes();
 * }</pre>
 *
 * <p>Labels may be used before they are defined. Nothing is compressed or relaxed: every
 * instruction takes four bytes, so addresses are known while assembling.
 */
public final class Assembler {
  private final long origin;
  private final ByteArrayOutputStream code = new ByteArrayOutputStream();
  private final Map<String, Long> labels = new LinkedHashMap<>();
  private final List<Fixup> fixups = new ArrayList<>();

  /** Patches the finished code at an offset, once every label has an address. */
  private record Fixup(int offset, String label, Patch patch) {}

  private interface Patch {
    /** Puts the distance from the instruction to its label into the code. */
    void apply(byte[] bytes, int offset, long distance, long target);
  }

  /**
   * Starts a program.
   *
   * @param origin the address of the first byte
   */
  public Assembler(long origin) {
    this.origin = origin;
  }

  /** The address of the next byte. */
  public long here() {
    return origin + code.size();
  }

  /**
   * Defines a label here.
   *
   * @throws IllegalArgumentException if it is defined already
   */
  public Assembler label(String name) {
    if (labels.putIfAbsent(name, here()) != null) {
      throw new IllegalArgumentException("label defined twice: " + name);
    }
    return this;
  }

  /**
   * The address of a label.
   *
   * @throws IllegalArgumentException if it is not defined (yet)
   */
  public long address(String label) {
    Long address = labels.get(label);
    if (address == null) {
      throw new IllegalArgumentException("undefined label: " + label);
    }
    return address;
  }

  /** Adds an instruction; for its operands see {@link Encoder#encode}. */
  public Assembler emit(Instruction row, int... operands) {
    return word(Encoder.encode(row, operands));
  }

  /** Adds a conditional branch to a label within 4 KiB. */
  public Assembler branch(Instruction row, int rs1, int rs2, String label) {
    return fixed(
        label,
        row.match(),
        (bytes, offset, distance, target) ->
            putWord(bytes, offset, Encoder.encode(row, rs1, rs2, near(distance, label))));
  }

  /** Adds a jump that links in rd to a label within 1 MiB. */
  public Assembler jal(int rd, String label) {
    return fixed(
        label,
        Instruction.JAL.match(),
        (bytes, offset, distance, target) ->
            putWord(bytes, offset, Encoder.encode(Instruction.JAL, rd, near(distance, label))));
  }

  /** Adds a jump to a label within 1 MiB. */
  public Assembler j(String label) {
    return jal(ZERO, label);
  }

  /** Adds {@code ret}. */
  public Assembler ret() {
    return emit(Instruction.JALR, ZERO, 0, Register.RA);
  }

  /** Loads a constant, in up to eight instructions. */
  public Assembler li(int rd, long value) {
    if (value == (int) value) {
      int low = (int) value << 20 >> 20;
      int upper = ((int) value - low) >>> 12;
      if (upper == 0) {
        return emit(Instruction.ADDI, rd, ZERO, low);
      }
      emit(Instruction.LUI, rd, upper);
      // The word addition keeps 0x7fffffff and its neighbours from turning negative.
      return low == 0 ? this : emit(Instruction.ADDIW, rd, rd, low);
    }
    long low = value << 52 >> 52;
    long high = (value - low) >> 12;
    int shift = 12 + Long.numberOfTrailingZeros(high);
    li(rd, high >> (shift - 12));
    emit(Instruction.SLLI, rd, rd, shift);
    return low == 0 ? this : emit(Instruction.ADDI, rd, rd, (int) low);
  }

  /** Loads the address of a label within 2 GiB, relative to pc. */
  public Assembler la(int rd, String label) {
    fixed(
        label,
        Instruction.AUIPC.match(),
        (bytes, offset, distance, target) -> {
          int low = near(distance, label) << 20 >> 20;
          int upper = near(distance - low, label) >>> 12;
          putWord(bytes, offset, Encoder.encode(Instruction.AUIPC, rd, upper));
          putWord(bytes, offset + 4, Encoder.encode(Instruction.ADDI, rd, rd, low));
        });
    return word(Instruction.ADDI.match());
  }

  /** Adds assembly text, see {@link AssemblySource}. */
  public Assembler source(String text) {
    AssemblySource.assemble(text, this);
    return this;
  }

  /** Adds two bytes, for instance a compressed instruction. */
  public Assembler half(int value) {
    code.write(value);
    code.write(value >> 8);
    return this;
  }

  /** Adds four bytes, for instance an instruction's encoding. */
  public Assembler word(int value) {
    return half(value).half(value >> 16);
  }

  /** Adds eight bytes. */
  public Assembler dword(long value) {
    return word((int) value).word((int) (value >> 32));
  }

  /** Adds eight bytes with the address of a label. */
  public Assembler dword(String label) {
    fixups.add(
        new Fixup(
            code.size(),
            label,
            (bytes, offset, distance, target) -> {
              putWord(bytes, offset, (int) target);
              putWord(bytes, offset + 4, (int) (target >> 32));
            }));
    return dword(0);
  }

  /** Adds bytes as they are. */
  public Assembler data(byte[] bytes) {
    code.writeBytes(bytes);
    return this;
  }

  /**
   * Adds zero bytes up to the next address that is a multiple of a power of two.
   *
   * @param alignment the power of two
   */
  public Assembler align(int alignment) {
    while ((here() & (alignment - 1)) != 0) {
      code.write(0);
    }
    return this;
  }

  /**
   * The program.
   *
   * @throws IllegalArgumentException if a label is undefined or too far from its use
   */
  public byte[] bytes() {
    byte[] bytes = code.toByteArray();
    for (Fixup fixup : fixups) {
      long target = address(fixup.label);
      fixup.patch.apply(bytes, fixup.offset, target - (origin + fixup.offset), target);
    }
    return bytes;
  }

  private Assembler fixed(String label, int placeholder, Patch patch) {
    fixups.add(new Fixup(code.size(), label, patch));
    return word(placeholder);
  }

  private static int near(long distance, String label) {
    if (distance != (int) distance) {
      throw new IllegalArgumentException("label too far: " + label);
    }
    return (int) distance;
  }

  private static void putWord(byte[] bytes, int offset, int value) {
    for (int i = 0; i < 4; i++) {
      bytes[offset + i] = (byte) (value >> (8 * i));
    }
  }
}
