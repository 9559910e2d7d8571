package org.javisor.riscv.oracle;

import static org.javisor.riscv.isa.Instruction.CSRRS;
import static org.javisor.riscv.isa.Instruction.CSRRW;
import static org.javisor.riscv.isa.Instruction.ECALL;
import static org.javisor.riscv.isa.Instruction.FLD;
import static org.javisor.riscv.isa.Instruction.FSD;
import static org.javisor.riscv.isa.Instruction.LD;
import static org.javisor.riscv.isa.Instruction.SD;
import static org.javisor.riscv.isa.Register.A0;
import static org.javisor.riscv.isa.Register.A1;
import static org.javisor.riscv.isa.Register.A2;
import static org.javisor.riscv.isa.Register.A7;
import static org.javisor.riscv.isa.Register.RA;
import static org.javisor.riscv.isa.Register.SP;
import static org.javisor.riscv.isa.Register.ZERO;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.SplittableRandom;
import org.javisor.riscv.isa.Assembler;

/**
 * A program that executes sequences one after the other: fills window and registers, executes,
 * stores the registers behind the window and writes both to standard output. It is a Linux
 * executable that uses {@code write} and {@code exit} only.
 */
record OracleProgram(byte[] code, byte[] tables) {
  /** System call: begins; Linux does not know it and goes on. */
  static final int BEGIN = 0x7fff;

  static final int WRITE = 64;
  static final int EXIT = 93;

  private static final String ARCHITECTURE = "rv64i2p1_m2p0_a2p1_f2p2_d2p2_c2p0";
  private static final int FCSR = 3;
  private static final int PATTERNS = 16;
  private static final int TABLE_BYTES = 8 * Layout.REGISTERS;
  private static final int X31 = 31;
  private static final int X30 = 30;

  static OracleProgram of(List<Sequence> sequences) {
    var code = new Assembler(Layout.CODE);
    code.li(A7, BEGIN).emit(ECALL);
    ByteBuffer tables =
        ByteBuffer.allocate(PATTERNS * Layout.WINDOW_BYTES + sequences.size() * TABLE_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    var values = new Values(new SplittableRandom(1));
    while (tables.position() < PATTERNS * Layout.WINDOW_BYTES) {
      tables.putLong(values.memory());
    }
    for (Sequence sequence : sequences) {
      code.li(A0, Layout.TABLES + (long) sequence.pattern() * Layout.WINDOW_BYTES);
      code.jal(RA, "fill");
      code.li(A0, sequence.repetitions()).li(A1, Layout.REPETITIONS).emit(SD, A0, 0, A1);
      long table = Layout.TABLES + tables.position();
      sequence.registers().forEach(tables::putLong);
      loadRegisters(code, table);
      sequence.emit(code);
      storeRegisters(code, Layout.WINDOW_REACH - sequence.stackOffset());
      code.jal(RA, "report");
    }
    code.li(A7, EXIT).li(A0, 0).emit(ECALL).label("stop").j("stop");
    routines(code);
    return new OracleProgram(code.bytes(), tables.array());
  }

  private static void loadRegisters(Assembler code, long table) {
    code.li(X31, table);
    code.emit(LD, X30, 8 * 63, X31).emit(CSRRW, ZERO, FCSR, X30);
    for (int i = 0; i < 32; i++) {
      code.emit(FLD, i, 8 * (31 + i), X31);
    }
    for (int i = 1; i < 32; i++) {
      code.emit(LD, i, 8 * (i - 1), X31);
    }
  }

  /** The stack pointer is the only register known to point somewhere. */
  private static void storeRegisters(Assembler code, int offset) {
    for (int i = 1; i < 32; i++) {
      code.emit(SD, i, offset + 8 * (i - 1), SP);
    }
    for (int i = 0; i < 32; i++) {
      code.emit(FSD, i, offset + 8 * (31 + i), SP);
    }
    code.emit(CSRRS, A0, FCSR, ZERO).emit(SD, A0, offset + 8 * 63, SP);
  }

  private static void routines(Assembler code) {
    code.label("fill").li(A1, Layout.WINDOW).li(A2, Layout.WINDOW + Layout.WINDOW_BYTES);
    code.source(
        """
        fill_loop:
          ld   a3, 0(a0)
          ld   a4, 8(a0)
          sd   a3, 0(a1)
          sd   a4, 8(a1)
          addi a0, a0, 16
          addi a1, a1, 16
          bltu a1, a2, fill_loop
          ret
        """);
    code.label("report").li(A7, WRITE).li(A0, 1);
    code.li(A1, Layout.WINDOW).li(A2, Layout.RECORD_BYTES).emit(ECALL).ret();
  }

  /** As an executable for Linux. */
  byte[] executable() {
    return new ElfFile(Layout.CODE, ARCHITECTURE)
        .code(Layout.CODE, code)
        .data(Layout.TABLES, tables, tables.length)
        .data(Layout.SCRATCH, new byte[0], Layout.SCRATCH_BYTES)
        .bytes();
  }
}
