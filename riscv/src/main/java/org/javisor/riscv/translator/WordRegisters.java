package org.javisor.riscv.translator;

import java.util.HashMap;
import java.util.Map;
import org.javisor.riscv.isa.Decoded;
import org.javisor.riscv.isa.Instruction;

/**
 * Which integer registers are sure to hold a word where: a value that is the sign extension of its
 * lower 32 bits, as all of RV64's word instructions leave it. A forward data-flow analysis over the
 * region. A set of registers is a word with bit n for xn.
 *
 * <p>Logic on words may then be done on ints, where the JVM's compiler finds rotations, and has no
 * sign extensions to do.
 */
final class WordRegisters {
  private static final long ALL = 0xffff_ffffL;
  private static final long ZERO = 1;

  private final Map<Integer, Long> atStart;

  WordRegisters(Region region) {
    Map<Integer, Long> initial = new HashMap<>();
    region.blocks().keySet().forEach(start -> initial.put(start, ALL));
    initial.put(region.entry(), ZERO);
    for (Block block : region.blocks().values()) {
      switch (block.ending()) {
        // A callee may leave anything.
        case Ending.Call(int _, int back) -> initial.replace(back, ZERO);
        case Ending.IndirectCall(int back) -> initial.replace(back, ZERO);
        default -> {}
      }
    }
    atStart = DataFlow.solve(region, initial, WordRegisters::after, (a, b) -> a & b);
  }

  /** The registers with words where a block begins. */
  long atStart(Block block) {
    Long set = atStart.get(block.start());
    return set == null ? ZERO : set;
  }

  private static long after(long set, Block block) {
    long words = set;
    for (Block.Step step : block.steps()) {
      words = after(words, step.decoded());
    }
    return words;
  }

  /** The registers with words after an instruction, of those before. */
  static long after(long set, long decoded) {
    long written = DirtyRegisters.written(decoded) & ALL;
    return makesWord(set, decoded) ? set | written : set & ~written;
  }

  private static boolean makesWord(long set, long decoded) {
    Instruction row = Decoded.instruction(decoded);
    long immediate = Decoded.immediate(decoded);
    boolean first = holds(set, Decoded.rs1(decoded));
    boolean second = holds(set, Decoded.rs2(decoded));
    return switch (row) {
      case ADDW, SUBW, SLLW, SRLW, SRAW, ADDIW, SLLIW, SRLIW, SRAIW -> true;
      case MULW, DIVW, DIVUW, REMW, REMUW -> true;
      case LUI, LB, LH, LW, LBU, LHU -> true;
      case SLT, SLTU, SLTI, SLTIU -> true;
      case CLZ, CTZ, CPOP, CLZW, CTZW, CPOPW, SEXT_B, SEXT_H, ZEXT_H -> true;
      case ROLW, RORW, RORIW, BEXT, BEXTI -> true;
      case ADDI -> Decoded.rs1(decoded) == 0 || (immediate == 0 && first);
      case ANDI -> immediate >= 0 || first;
      case ORI, XORI, SRAI, SRA -> first;
      case SRLI -> immediate > 32;
      case AND, OR, XOR, ANDN, ORN, XNOR -> first && second;
      case MIN, MAX, MINU, MAXU -> first && second;
      default -> false;
    };
  }

  /** Whether a register is in a set. */
  static boolean holds(long set, int register) {
    return (set >>> register & 1) != 0;
  }
}
