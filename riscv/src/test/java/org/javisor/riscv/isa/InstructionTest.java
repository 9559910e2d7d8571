package org.javisor.riscv.isa;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.javisor.riscv.semantics.BitmanipSemantics;
import org.javisor.riscv.semantics.IntegerSemantics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class InstructionTest {
  static List<Instruction> rows() {
    return Stream.of(Instruction.values()).filter(Instruction::isReal).toList();
  }

  @Test
  void anEmptyDecodeCacheEntryMeansUndecoded() {
    assertThat(Decoded.instruction(0)).isEqualTo(Instruction.UNDECODED);
  }

  @Test
  void opcodesFitTheirField() {
    assertThat(Instruction.count()).isLessThanOrEqualTo(Decoded.OPCODE_MASK + 1);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void patternsAre32BitsOfAnUncompressedInstruction(Instruction row) {
    assertThat(row.pattern().replace(" ", "")).hasSize(32).matches("[01.]*11");
    assertThat(row.match() & ~row.mask()).isZero();
  }

  @Test
  void noWordIsTwoInstructions() {
    List<Instruction> rows = rows();
    for (Instruction a : rows) {
      for (Instruction b : rows) {
        int fixedInBoth = a.mask() & b.mask();
        assertThat(a == b || ((a.match() ^ b.match()) & fixedInBoth) != 0)
            .as("%s and %s differ in a fixed bit", a, b)
            .isTrue();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void methodNamesAreTheMnemonics(Instruction row) {
    assertThat(row.methodName().replace('_', '.')).isEqualTo(row.mnemonic());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void integerInstructionsHaveAMeaningOfTheirShape(Instruction row) throws Exception {
    Class<?> semantics =
        switch (row.family()) {
          case INTEGER -> IntegerSemantics.class;
          case BITMANIP -> BitmanipSemantics.class;
          default -> null;
        };
    if (semantics == null || row.shape() == Shape.JAL || row.shape() == Shape.JALR) {
      return;
    }
    Class<?>[] parameters = new Class<?>[row.shape() == Shape.ALU_R ? 1 : 2];
    Arrays.fill(parameters, long.class);
    Method meaning = semantics.getMethod(row.methodName(), parameters);
    assertThat(meaning.getReturnType())
        .isEqualTo(row.shape() == Shape.BRANCH ? boolean.class : long.class);
  }

  @Test
  void everyMeaningHasARow() {
    List<String> names = rows().stream().map(Instruction::methodName).toList();
    assertThat(
            Stream.of(IntegerSemantics.class, BitmanipSemantics.class)
                .flatMap(type -> Stream.of(type.getDeclaredMethods()))
                .filter(method -> java.lang.reflect.Modifier.isPublic(method.getModifiers()))
                .map(Method::getName))
        .isSubsetOf(names);
  }
}
