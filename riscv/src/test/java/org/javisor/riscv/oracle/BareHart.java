package org.javisor.riscv.oracle;

import java.io.ByteArrayOutputStream;
import org.javisor.machine.AddressBus;
import org.javisor.machine.GuestMemory;
import org.javisor.machine.HostClock;
import org.javisor.riscv.hart.Hart;
import org.javisor.riscv.hart.Harts;
import org.javisor.riscv.interpreter.Interpreter;
import org.javisor.riscv.isa.Assembler;
import org.javisor.riscv.isa.Instruction;

/** Runs programs on a hart of ours in S-mode without translation; answers their system calls. */
final class BareHart {
  private static final int SSTATUS = 0x100;
  private static final int STVEC = 0x105;
  private static final long FLOATS_ON = 3 << 13;

  private final Interpreter interpreter = new Interpreter();

  /** What the program writes; less than expected if it died. */
  byte[] run(OracleProgram program) {
    var output = new ByteArrayOutputStream();
    try (GuestMemory memory = GuestMemory.allocate(Layout.CODE, Layout.MEMORY_BYTES)) {
      memory.write(Layout.CODE, program.code(), 0, program.code().length);
      memory.write(Layout.TABLES, program.tables(), 0, program.tables().length);
      Harts harts =
          new Harts(
              1,
              memory,
              new AddressBus(),
              new HostClock(),
              interpreter,
              hart -> call(hart, memory, output));
      harts.hart(0).start(Layout.CODE, 0);
      harts.hart(0).run();
    }
    return output.toByteArray();
  }

  private static void call(Hart hart, GuestMemory memory, ByteArrayOutputStream output) {
    switch ((int) hart.x(17)) {
      case OracleProgram.BEGIN -> {
        // A trap executes the exit of the program: the output ends there.
        hart.writeControl(STVEC, trapVector(memory));
        hart.writeControl(SSTATUS, FLOATS_ON);
      }
      case OracleProgram.WRITE -> {
        byte[] bytes = new byte[(int) hart.x(12)];
        memory.read(hart.x(11), bytes, 0, bytes.length);
        output.writeBytes(bytes);
      }
      default -> hart.requestExit();
    }
  }

  private static long trapVector(GuestMemory memory) {
    long vector = Layout.SCRATCH;
    byte[] code =
        new Assembler(vector)
            .li(17, OracleProgram.EXIT)
            .emit(Instruction.ECALL)
            .label("stop")
            .j("stop")
            .bytes();
    memory.write(vector, code, 0, code.length);
    return vector;
  }
}
