package org.javisor.riscv.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import org.javisor.riscv.isa.Decoded;
import org.javisor.riscv.isa.Decoder;
import org.javisor.riscv.isa.Extension;
import org.javisor.riscv.isa.Instruction;
import org.junit.jupiter.api.Test;

class SequenceSourceTest {
  @Test
  void everyInstructionOfAUserProgramOccursInBothLengths() {
    Set<Instruction> occurring = EnumSet.noneOf(Instruction.class);
    Set<Instruction> compressed = EnumSet.noneOf(Instruction.class);
    for (long seed = 0; seed < 1_000; seed++) {
      for (Unit unit : SequenceSource.sequence(seed).units()) {
        for (int encoding : unit.encodings(16)) {
          long decoded = Decoder.decode(encoding);
          occurring.add(Decoded.instruction(decoded));
          if (Decoded.length(decoded) == 2) {
            compressed.add(Decoded.instruction(decoded));
          }
        }
      }
    }
    assertThat(Stream.of(Instruction.values()).filter(SequenceSourceTest::isForUserPrograms))
        .isSubsetOf(occurring);
    assertThat(occurring).doesNotContain(Instruction.ILLEGAL);
    // All 32-bit instructions that have a compressed spelling, but for ebreak.
    assertThat(compressed).hasSize(24);
  }

  private static boolean isForUserPrograms(Instruction row) {
    boolean endsTheProgram = row == Instruction.ECALL || row == Instruction.EBREAK;
    return row.isReal() && row.extension() != Extension.S && !endsTheProgram;
  }

  @Test
  void aSeedAlwaysGivesTheSameSequence() {
    assertThat(SequenceSource.sequence(42).describe())
        .isEqualTo(SequenceSource.sequence(42).describe());
  }
}
