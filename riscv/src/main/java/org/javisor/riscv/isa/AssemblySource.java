package org.javisor.riscv.isa;

import static org.javisor.riscv.isa.Register.RA;
import static org.javisor.riscv.isa.Register.ZERO;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Assembly text. A line is {@code label: mnemonic operands # comment}, each part optional.
 * Mnemonics are those of the instruction table, the common pseudo-instructions, and the directives
 * {@code .half}, {@code .word}, {@code .dword}, {@code .align} (to a power of two, given as its
 * exponent). Numbers are decimal or 0x hexadecimal; targets are labels, or numbers: absolute
 * addresses as the disassembler writes them.
 */
final class AssemblySource {
  private static final Map<String, Instruction> ROWS = new HashMap<>();
  private static final Pattern LABEL = Pattern.compile("^([A-Za-z_.][\\w.]*):\\s*");
  private static final Pattern ADDRESS = Pattern.compile("^(.*)\\((\\w+)\\)$");

  static {
    for (int opcode = 0; opcode < Instruction.count(); opcode++) {
      Instruction row = Instruction.of(opcode);
      if (row.isReal()) {
        ROWS.put(row.mnemonic(), row);
      }
    }
  }

  private AssemblySource() {}

  static void assemble(String text, Assembler out) {
    text.lines().forEach(line -> line(line, out));
  }

  private static void line(String line, Assembler out) {
    String rest = line.replaceFirst("#.*", "").strip();
    Matcher label = LABEL.matcher(rest);
    while (label.find()) {
      out.label(label.group(1));
      rest = rest.substring(label.end());
      label.reset(rest);
    }
    if (rest.isEmpty()) {
      return;
    }
    String[] parts = rest.split("\\s+", 2);
    try {
      statement(parts[0], parts.length == 1 ? List.of() : operands(parts[1]), out);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("cannot assemble: " + line.strip(), e);
    }
  }

  private static List<String> operands(String text) {
    var operands = new ArrayList<String>();
    for (String operand : text.split(",", -1)) {
      Matcher address = ADDRESS.matcher(operand.strip());
      if (!address.matches()) {
        operands.add(operand.strip());
        continue;
      }
      if (!address.group(1).isEmpty()) {
        operands.add(address.group(1));
      }
      operands.add(address.group(2));
    }
    return operands;
  }

  private static void statement(String mnemonic, List<String> operands, Assembler out) {
    switch (mnemonic) {
      case ".half" -> operands.forEach(o -> out.half((int) number(o)));
      case ".word" -> operands.forEach(o -> out.word((int) number(o)));
      case ".dword" -> operands.forEach(o -> dword(o, out));
      case ".align" -> out.align(1 << (int) number(operands.getFirst()));
      case "nop" -> out.emit(Instruction.ADDI, ZERO, ZERO, 0);
      case "li" -> out.li(x(operands.get(0)), number(operands.get(1)));
      case "la" -> out.la(x(operands.get(0)), operands.get(1));
      case "mv" -> out.emit(Instruction.ADDI, x(operands.get(0)), x(operands.get(1)), 0);
      case "ret" -> out.ret();
      case "j" -> jump(ZERO, operands.get(0), out);
      case "call" -> jump(RA, operands.get(0), out);
      case "jr" -> out.emit(Instruction.JALR, ZERO, 0, x(operands.get(0)));
      case "beqz" -> branch(Instruction.BEQ, ZERO, operands, out);
      case "bnez" -> branch(Instruction.BNE, ZERO, operands, out);
      case "csrr" -> csr(Instruction.CSRRS, x(operands.get(0)), operands.get(1), ZERO, out);
      case "csrw" -> csr(Instruction.CSRRW, ZERO, operands.get(0), x(operands.get(1)), out);
      case "csrs" -> csr(Instruction.CSRRS, ZERO, operands.get(0), x(operands.get(1)), out);
      case "csrc" -> csr(Instruction.CSRRC, ZERO, operands.get(0), x(operands.get(1)), out);
      case "fence" -> fence(operands, out);
      case "fence.tso" -> out.word(Instruction.FENCE.match() | 0x833 << 20);
      default -> instruction(mnemonic, operands, out);
    }
  }

  private static void instruction(String mnemonic, List<String> operands, Assembler out) {
    int ordering = ordering(mnemonic);
    String name = Disassembler.ORDERINGS.get(ordering);
    Instruction row = ROWS.get(mnemonic.substring(0, mnemonic.length() - name.length()));
    if (row == null) {
      throw new IllegalArgumentException("no instruction " + mnemonic);
    }
    switch (row.format()) {
      case B -> branch(row, x(operands.get(1)), operands, out);
      case J -> jump(x(operands.get(0)), operands.get(1), out);
      case AMO -> {
        int[] values = values(row, operands);
        values = Arrays.copyOf(values, values.length + 1);
        values[values.length - 1] = ordering;
        out.emit(row, values);
      }
      default -> out.emit(row, values(row, operands));
    }
  }

  private static void fence(List<String> operands, Assembler out) {
    List<String> sets = operands.isEmpty() ? List.of("iorw", "iorw") : operands;
    out.emit(Instruction.FENCE, values(Instruction.FENCE, sets));
  }

  /** The value of the suffix of the mnemonic of an atomic instruction. */
  private static int ordering(String mnemonic) {
    for (int ordering = 3; ordering > 0; ordering--) {
      if (mnemonic.endsWith(Disassembler.ORDERINGS.get(ordering))) {
        return ordering;
      }
    }
    return 0;
  }

  private static int[] values(Instruction row, List<String> operands) {
    List<Operand> syntax = Operand.of(row);
    if (operands.size() > syntax.size()) {
      throw new IllegalArgumentException("too many operands");
    }
    int[] values = new int[operands.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(row, syntax.get(i), operands.get(i));
    }
    return values;
  }

  private static int value(Instruction row, Operand operand, String text) {
    return switch (operand) {
      case RD, RS1, RS2, RS3, BASE -> Register.number(operand.file(row), text);
      case IMMEDIATE, SHIFT_AMOUNT, UPPER, TARGET, SMALL_IMMEDIATE, ORDERING ->
          Math.toIntExact(number(text));
      case CONTROL_REGISTER -> controlRegister(text);
      case PREDECESSORS, SUCCESSORS -> fenceSet(text);
      case ROUNDING_MODE -> Disassembler.ROUNDING_MODES.indexOf(text);
    };
  }

  private static int controlRegister(String text) {
    int number = ControlRegisterNames.number(text);
    return number >= 0 ? number : (int) number(text);
  }

  private static int fenceSet(String text) {
    int set = 0;
    for (int i = 0; i < text.length(); i++) {
      int bit = "wroi".indexOf(text.charAt(i));
      if (bit < 0) {
        throw new IllegalArgumentException("no fence set: " + text);
      }
      set |= 1 << bit;
    }
    return set;
  }

  private static void csr(Instruction row, int rd, String register, int rs1, Assembler out) {
    out.emit(row, rd, controlRegister(register), rs1);
  }

  private static void branch(Instruction row, int rs2, List<String> operands, Assembler out) {
    int rs1 = x(operands.getFirst());
    String target = operands.getLast();
    if (isNumber(target)) {
      out.emit(row, rs1, rs2, Math.toIntExact(number(target) - out.here()));
    } else {
      out.branch(row, rs1, rs2, target);
    }
  }

  private static void jump(int rd, String target, Assembler out) {
    if (isNumber(target)) {
      out.emit(Instruction.JAL, rd, Math.toIntExact(number(target) - out.here()));
    } else {
      out.jal(rd, target);
    }
  }

  private static void dword(String operand, Assembler out) {
    if (isNumber(operand)) {
      out.dword(number(operand));
    } else {
      out.dword(operand);
    }
  }

  private static int x(String name) {
    return Register.number(RegisterFile.INTEGER, name);
  }

  private static boolean isNumber(String text) {
    return text.matches("[-+]?\\d.*");
  }

  private static long number(String text) {
    boolean isNegative = text.startsWith("-");
    String digits = isNegative ? text.substring(1) : text;
    long value =
        digits.startsWith("0x")
            ? Long.parseUnsignedLong(digits.substring(2).replace("_", ""), 16)
            : Long.parseUnsignedLong(digits, 10);
    return isNegative ? -value : value;
  }
}
