package org.javisor.riscv.oracle;

import java.util.List;
import org.javisor.riscv.isa.Assembler;
import org.javisor.riscv.isa.Disassembler;

/**
 * A random piece of code and the registers it starts with.
 *
 * @param seed what it was made from
 * @param registers in the order of {@link Layout#registerName}
 * @param stackOffset of x2 from the window's center; code never writes x2
 * @param pattern the number of the memory contents it starts with
 */
record Sequence(long seed, List<Long> registers, int stackOffset, int pattern, List<Unit> units) {

  /** The first units only; jumps beyond them go to the end. */
  Sequence prefix(int length) {
    return new Sequence(seed, registers, stackOffset, pattern, units.subList(0, length));
  }

  void emit(Assembler out) {
    int[] offsets = new int[units.size() + 1];
    for (int i = 0; i < units.size(); i++) {
      offsets[i + 1] = offsets[i] + units.get(i).length();
    }
    for (int i = 0; i < units.size(); i++) {
      int skip = units.get(i) instanceof Unit.Jump jump ? jump.skip() : 0;
      int target = Math.min(i + 1 + skip, units.size());
      for (int encoding : units.get(i).encodings(offsets[target] - offsets[i])) {
        if ((encoding & 3) == 3) {
          out.word(encoding);
        } else {
          out.half(encoding);
        }
      }
    }
  }

  /** The code as text, and the registers before it. */
  String describe() {
    var code = new Assembler(Layout.CODE);
    emit(code);
    var text = new StringBuilder(Disassembler.listing(code.bytes(), Layout.CODE));
    for (int i = 0; i < Layout.REGISTERS; i++) {
      text.append(String.format("%5s=%016x", Layout.registerName(i), registers.get(i)));
      text.append(i % 4 == 3 ? "\n" : "");
    }
    return text.toString();
  }
}
