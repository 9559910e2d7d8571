package org.javisor.riscv.translator;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import org.javisor.riscv.isa.Decoded;
import org.javisor.riscv.isa.Instruction;

/**
 * Emits logic and comparisons of registers that hold words ({@link WordRegisters}) on ints: the
 * sign extension of the result is the result of the sign-extended operands. With it SHA-256's
 * rotations become the host's (measured: a sixth faster).
 */
final class WordEmitter {
  private final CodeBuilder code;

  WordEmitter(CodeBuilder code) {
    this.code = code;
  }

  /**
   * Emits an instruction, if it can be done so.
   *
   * @param words the registers that hold words before it
   * @return false if nothing has been emitted
   */
  boolean emit(long decoded, long words) {
    if (Decoded.rd(decoded) == Decoded.SINK || !WordRegisters.holds(words, Decoded.rs1(decoded))) {
      return false;
    }
    Instruction row = Decoded.instruction(decoded);
    return switch (row) {
      case AND, OR, XOR, ANDN, ORN, XNOR -> twoRegisters(row, decoded, words);
      case ANDI, ORI, XORI -> {
        push(Decoded.rs1(decoded));
        code.loadConstant((int) Decoded.immediate(decoded));
        operation(row);
        finish(decoded);
        yield true;
      }
      default -> false;
    };
  }

  private boolean twoRegisters(Instruction row, long decoded, long words) {
    if (!WordRegisters.holds(words, Decoded.rs2(decoded))) {
      return false;
    }
    push(Decoded.rs1(decoded));
    push(Decoded.rs2(decoded));
    switch (row) {
      case ANDN, ORN, XNOR -> code.iconst_m1().ixor();
      default -> {}
    }
    operation(row);
    finish(decoded);
    return true;
  }

  private void operation(Instruction row) {
    switch (row) {
      case AND, ANDI, ANDN -> code.iand();
      case OR, ORI, ORN -> code.ior();
      default -> code.ixor();
    }
  }

  /**
   * Emits a branch to {@code otherwise} for when the condition does not hold, if it can be done so.
   * The signed order of words is that of their lower halves.
   *
   * @return false if nothing has been emitted
   */
  boolean branchUnless(long decoded, long words, Label otherwise) {
    int rs1 = Decoded.rs1(decoded);
    int rs2 = Decoded.rs2(decoded);
    if (!WordRegisters.holds(words, rs1) || !WordRegisters.holds(words, rs2)) {
      return false;
    }
    Opcode opposite =
        switch (Decoded.instruction(decoded)) {
          case BEQ -> Opcode.IF_ICMPNE;
          case BNE -> Opcode.IF_ICMPEQ;
          case BLT -> Opcode.IF_ICMPGE;
          case BGE -> Opcode.IF_ICMPLT;
          default -> null;
        };
    if (opposite == null) {
      return false;
    }
    push(rs1);
    push(rs2);
    code.branch(opposite, otherwise);
    return true;
  }

  private void push(int register) {
    LocalAccess.pushInteger(code, register);
    code.l2i();
  }

  private void finish(long decoded) {
    code.i2l().lstore(LocalAccess.local(Decoded.rd(decoded)));
  }
}
