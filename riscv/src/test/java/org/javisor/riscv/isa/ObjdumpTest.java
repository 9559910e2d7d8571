package org.javisor.riscv.isa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.javisor.riscv.oracle.ElfFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Decoder, disassembler and assembler against GNU objdump. */
class ObjdumpTest {
  private static final String OBJDUMP = "riscv64-linux-gnu-objdump";
  private static final String ARCHITECTURE =
      "rv64i2p1_m2p0_a2p1_f2p2_d2p2_c2p0_zicsr2p0_zifencei2p0_zba1p0_zbb1p0_zbs1p0";
  private static final long ORIGIN = 0x8000_0000L;
  private static final long SEED = 20_261_122;

  /** Keeps objdump in step after a compressed instruction or an unknown one: two c.nop. */
  private static final int PADDING = 0x0001_0001;

  private static final Set<String> MNEMONICS =
      InstructionTest.rows().stream().map(Instruction::mnemonic).collect(Collectors.toSet());

  @TempDir Path directory;

  @BeforeEach
  void objdumpPresent() {
    assumeTrue(
        System.getenv("PATH")
            .lines()
            .flatMap(p -> List.of(p.split(":")).stream())
            .anyMatch(d -> Files.isExecutable(Path.of(d, OBJDUMP))),
        "needs " + OBJDUMP + ": apt-get install binutils-riscv64-linux-gnu");
  }

  @Test
  void everyRowHasTheSameText() throws Exception {
    var random = new SplittableRandom(SEED);
    var words = new ArrayList<Integer>();
    for (Instruction row : InstructionTest.rows()) {
      for (int i = 0; i < 50; i++) {
        int bits = row.match() | (random.nextInt() & ~row.mask());
        if (Decoded.instruction(Decoder.decode(bits)) == row && !isBeyondObjdump(row, bits)) {
          words.add(bits);
        }
      }
    }
    List<String> texts = objdump(words);
    for (int i = 0; i < words.size(); i++) {
      long decoded = Decoder.decode(words.get(i));
      String text = Disassembler.text(decoded, ORIGIN + 8L * i);
      assertThat(numbered(text)).as("%08x", words.get(i)).isEqualTo(numbered(texts.get(i)));
      assertThat(assemble(text, ORIGIN + 8L * i)).as(text).isEqualTo(words.get(i));
    }
  }

  @Test
  void objdumpKnowsNoneOfOurInstructionsWhereWeSeeNone() throws Exception {
    var random = new SplittableRandom(SEED);
    var words = new ArrayList<Integer>();
    List<Instruction> rows = InstructionTest.rows();
    for (int i = 0; i < 60_000; i++) {
      // Near misses: an instruction with some of its fixed bits other than they should be.
      Instruction row = rows.get(random.nextInt(rows.size()));
      int wrong = random.nextInt() & random.nextInt() & random.nextInt() & ~0x7f;
      int bits = row.match() ^ (wrong & row.mask()) | (random.nextInt() & ~row.mask());
      if (Decoded.instruction(Decoder.decode(bits)) == Instruction.ILLEGAL) {
        words.add(bits);
      }
    }
    List<String> texts = objdump(words);
    for (int i = 0; i < words.size(); i++) {
      String text = texts.get(i);
      String mnemonic = text.split("\\s")[0].replaceFirst("\\.(aq|rl|aqrl)$", "");
      // Reserved rounding modes are text to objdump, and illegal to a hart.
      assertThat(MNEMONICS.contains(mnemonic) && !text.endsWith(",unknown"))
          .as("%08x %s", words.get(i), text)
          .isFalse();
    }
  }

  @Test
  void compressedCodePointsExpandAlike() throws Exception {
    var halves = new ArrayList<Integer>();
    var expansions = new ArrayList<Integer>();
    for (int half = 0; half < 1 << 16; half++) {
      int expansion = Compressed.expand(half);
      if (expansion != 0) {
        halves.add(half | PADDING << 16);
        expansions.add(expansion);
      }
    }
    List<String> compressed = objdump(halves);
    for (int i = 0; i < halves.size(); i++) {
      String expected = Disassembler.text(expansions.get(i), ORIGIN + 8L * i);
      String text = compressed.get(i);
      assertThat(text).as("%04x", halves.get(i) & 0xffff).startsWith("c.");
      assertThat(isSpelledBy(text, expected)).as("%s is %s", text, expected).isTrue();
    }
  }

  /** The operands of the compressed spelling occur in the base one, in order. */
  private static boolean isSpelledBy(String compressed, String base) {
    String[] parts = compressed.substring(2).split("\\s", 2);
    String mnemonic = parts[0].replaceFirst("(4spn|16sp|sp|64)$", "");
    Map<String, String> bases =
        Map.of(
            "li", "addi", "mv", "add", "nop", "addi", "j", "jal", "jr", "jalr", "beqz", "beq",
            "bnez", "bne");
    if (!base.split("\\s")[0].equals(bases.getOrDefault(mnemonic, mnemonic))) {
      return false;
    }
    int from = 0;
    for (String operand : parts.length == 1 ? new String[0] : parts[1].split("[,()]+")) {
      from = base.indexOf(operand, from);
      if (from < 0) {
        return false;
      }
    }
    return true;
  }

  /** Encodings we execute but objdump 2.40 does not name. */
  private static boolean isBeyondObjdump(Instruction row, int bits) {
    return switch (row) {
      // Reserved fields that a hart has to ignore.
      case FENCE, FENCE_I -> (bits & ~(row.mask() | 0xff << 20)) != 0 || bits >>> 20 == 0;
      // Rounding modes of conversions that are exact in each.
      case FCVT_D_S, FCVT_D_W, FCVT_D_WU -> Encoding.funct3(bits) != 0;
      default -> false;
    };
  }

  /** CSR names differ in how many are known: compares all but a name or number that has one. */
  private static String numbered(String text) {
    return text.startsWith("csrr") ? text.replaceFirst(",\\w+,", ",csr,") : text;
  }

  private static int assemble(String text, long pc) {
    return ByteBuffer.wrap(new Assembler(pc).source(text).bytes())
        .order(ByteOrder.LITTLE_ENDIAN)
        .getInt();
  }

  /** The text of each word; there are eight bytes from one to the next. */
  private List<String> objdump(List<Integer> words) throws IOException, InterruptedException {
    var code = new Assembler(ORIGIN);
    words.forEach(word -> code.word(word).word(PADDING));
    Path file = directory.resolve("code");
    Files.write(file, new ElfFile(ORIGIN, ARCHITECTURE).code(ORIGIN, code.bytes()).bytes());
    Path output = directory.resolve("text");
    Process process =
        new ProcessBuilder(OBJDUMP, "-d", "-M", "no-aliases", file.toString())
            .redirectOutput(output.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(process.waitFor()).isZero();
    Map<Long, String> texts = new HashMap<>();
    try (var lines = Files.lines(output)) {
      lines.forEach(line -> line(line, texts));
    }
    var result = new ArrayList<String>();
    for (int i = 0; i < words.size(); i++) {
      result.add(texts.getOrDefault(ORIGIN + 8L * i, "nothing"));
    }
    return result;
  }

  private static void line(String line, Map<Long, String> texts) {
    String[] parts = line.strip().split("\t", 3);
    if (parts.length == 3 && parts[0].endsWith(":")) {
      long address = Long.parseUnsignedLong(parts[0].substring(0, parts[0].length() - 1), 16);
      texts.put(address, parts[2].replaceFirst("\\s*[#<].*", "").strip());
    }
  }
}
