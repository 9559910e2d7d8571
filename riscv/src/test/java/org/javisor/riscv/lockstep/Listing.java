package org.javisor.riscv.lockstep;

import org.javisor.riscv.hart.Hart;
import org.javisor.riscv.hart.Trap;
import org.javisor.riscv.isa.Decoded;
import org.javisor.riscv.isa.Decoder;
import org.javisor.riscv.isa.Disassembler;
import org.javisor.riscv.isa.Instruction;

/** The code at addresses of a hart, as it is mapped and in memory now. */
final class Listing {
  /** Instructions shown of each stretch. */
  private static final int LENGTH = 24;

  private Listing() {}

  static String of(Hart hart, long[] addresses) {
    StringBuilder text = new StringBuilder("the interpreter's last stretches:\n");
    for (long address : addresses) {
      stretch(hart, address, text);
    }
    return text.toString();
  }

  private static void stretch(Hart hart, long address, StringBuilder text) {
    long pc = address;
    for (int i = 0; i < LENGTH; i++) {
      int bits;
      try {
        bits = hart.instructionBits(pc);
      } catch (Trap notThere) {
        text.append(String.format("  %x: not mapped now%n", pc));
        return;
      }
      long decoded = Decoder.decode(bits);
      text.append(String.format("  %x: %08x  %s%n", pc, bits, Disassembler.text(bits, pc)));
      Instruction row = Decoded.instruction(decoded);
      switch (row.shape()) {
        case BRANCH, JAL, JALR, SYSTEM, CSR, PSEUDO -> {
          return;
        }
        default -> pc += Decoded.length(decoded);
      }
    }
  }
}
