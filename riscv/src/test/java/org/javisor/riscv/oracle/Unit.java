package org.javisor.riscv.oracle;

import java.util.List;
import org.javisor.riscv.isa.Assembler;

/**
 * A few instructions that belong together: jumps go to the beginnings of units only. Encodings are
 * 32 bits, or 16 where the low two bits are not both ones.
 */
public sealed interface Unit {
  /** Instructions without jumps. */
  record Straight(List<Integer> encodings) implements Unit {
    @Override
    public List<Integer> encodings(int distance) {
      return encodings;
    }
  }

  /**
   * A jump that may be taken.
   *
   * @param skip how many units it jumps over
   * @param form makes the instructions of the distance to the target from the unit's beginning; of
   *     the same length whatever the distance
   */
  record Jump(int skip, Form form) implements Unit {
    @Override
    public List<Integer> encodings(int distance) {
      return form.encodings(distance);
    }
  }

  /** The instructions of a jump. */
  interface Form {
    List<Integer> encodings(int distance);
  }

  /** The instructions, if the target is that many bytes away. */
  List<Integer> encodings(int distance);

  /** Assembles units in a row; jumps beyond them go to the end. */
  static void emit(List<Unit> units, Assembler out) {
    int[] offsets = new int[units.size() + 1];
    for (int i = 0; i < units.size(); i++) {
      offsets[i + 1] = offsets[i] + units.get(i).length();
    }
    for (int i = 0; i < units.size(); i++) {
      int skip = units.get(i) instanceof Jump jump ? jump.skip() : 0;
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

  /** The length in bytes. */
  default int length() {
    // Any distance that every form can encode.
    return encodings(16).stream().mapToInt(Unit::length).sum();
  }

  private static int length(int encoding) {
    return (encoding & 3) == 3 ? 4 : 2;
  }
}
