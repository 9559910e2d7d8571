package org.javisor.riscv.translator;

import java.util.HashMap;
import java.util.Map;
import org.javisor.riscv.isa.Decoded;
import org.javisor.riscv.isa.Instruction;
import org.javisor.riscv.isa.RegisterFile;
import org.javisor.riscv.isa.Shape;

/**
 * Which guest registers may differ from the hart's register file where: a forward data-flow
 * analysis over the region. A set of registers is a word with bit n for xn and bit 32 + n for fn.
 */
final class DirtyRegisters {
  private final Region region;
  private final Map<Integer, Long> atStart;

  DirtyRegisters(Region region) {
    this.region = region;
    Map<Integer, Long> clean = new HashMap<>();
    region.blocks().keySet().forEach(start -> clean.put(start, 0L));
    atStart = DataFlow.solve(region, clean, DirtyRegisters::after, (a, b) -> a | b);
  }

  /** What may be dirty where a block begins. */
  long atStart(Block block) {
    Long set = atStart.get(block.start());
    return set == null ? 0 : set;
  }

  /** What may be dirty after the last instruction of a block. */
  long atEnd(Block block) {
    return after(atStart(block), block);
  }

  private static long after(long set, Block block) {
    long dirty = set;
    for (Block.Step step : block.steps()) {
      dirty |= written(step.decoded());
    }
    return dirty;
  }

  /** Whether an instruction may trap inside its unit; loads and stores leave it before. */
  static boolean mayTrap(Instruction row) {
    return switch (row.shape()) {
      case AMO, CSR -> true;
      default -> row.shape().isFloatArithmetic();
    };
  }

  /** What may be dirty anywhere. */
  long atAnyEnd() {
    long set = 0;
    for (Block block : region.blocks().values()) {
      set |= atEnd(block);
    }
    return set;
  }

  /** Every register that an instruction of the region reads or writes. */
  long used() {
    long set = 0;
    for (Block block : region.blocks().values()) {
      for (Block.Step step : block.steps()) {
        set |= written(step.decoded()) | read(step.decoded());
      }
    }
    return set;
  }

  /** The register an instruction writes. */
  static long written(long decoded) {
    Shape shape = Decoded.instruction(decoded).shape();
    return switch (shape.destination()) {
      case INTEGER -> Decoded.rd(decoded) == Decoded.SINK ? 0 : 1L << Decoded.rd(decoded);
      case FLOAT -> 1L << (32 + Decoded.rd(decoded));
      case NONE -> 0;
    };
  }

  /** The registers an instruction reads. */
  static long read(long decoded) {
    Shape shape = Decoded.instruction(decoded).shape();
    return one(shape.first(), Decoded.rs1(decoded))
        | one(shape.second(), Decoded.rs2(decoded))
        | one(shape.third(), Decoded.rs3(decoded));
  }

  private static long one(RegisterFile file, int number) {
    return switch (file) {
      case INTEGER -> (1L << number) & ~1;
      case FLOAT -> 1L << (32 + number);
      case NONE -> 0;
    };
  }
}
