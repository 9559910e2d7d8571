package org.javisor.riscv.oracle;

import java.io.ByteArrayOutputStream;
import org.javisor.machine.AddressBus;
import org.javisor.machine.HostClock;
import org.javisor.riscv.hart.Hart;
import org.javisor.riscv.hart.HartStatus;
import org.javisor.riscv.hart.Harts;
import org.javisor.riscv.interpreter.Interpreter;
import org.javisor.riscv.isa.Assembler;
import org.javisor.riscv.translator.TranslatingEngine;

/** Runs programs on a hart of ours; answers their system calls. */
final class BareHart {
  private static final int SSTATUS = 0x100;
  private static final int SIE = 0x104;
  private static final int STVEC = 0x105;
  private static final int SEPC = 0x141;
  private static final int SCAUSE = 0x142;
  private static final int SATP = 0x180;

  private static final long FLOATS_ON = 3 << 13;
  private static final long INTERRUPTS_ON = 1 << 1;
  private static final long SOFTWARE_INTERRUPT = 1 << 1;
  private static final long SOFTWARE_INTERRUPT_CAUSE = Long.MIN_VALUE | 1;
  private static final long ENVIRONMENT_CALL_CAUSE = 8;
  private static final int VECTORED = 1;

  private static final Interpreter INTERPRETER = new Interpreter();

  private final Execution execution;
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();

  private BareHart(Execution execution) {
    this.execution = execution;
  }

  /** What the program writes; less than expected if it died. */
  static byte[] run(OracleProgram program, Execution execution) {
    var bare = new BareHart(execution);
    try (var memory = new ScatteredMemory(execution.isTranslated, execution.isUser)) {
      memory.write(Layout.CODE, program.code());
      memory.write(Layout.TABLES, program.tables());
      bare.execute(memory);
    }
    return bare.output.toByteArray();
  }

  private void execute(ScatteredMemory memory) {
    Harts harts =
        new Harts(
            1,
            memory.memory(),
            new AddressBus(),
            new HostClock(),
            execution.isCompiled() ? TranslatingEngine.eager() : INTERPRETER,
            caller -> call(caller, memory));
    Hart hart = harts.hart(0);
    hart.start(Layout.CODE, 0);
    if (!execution.isStepped) {
      hart.run();
      return;
    }
    hart.step();
    while (hart.status() == HartStatus.STARTED) {
      if (execution.isInterrupted) {
        hart.setSoftwareInterrupt(true);
        hart.step();
        hart.step();
      }
      hart.step();
    }
  }

  private void call(Hart hart, ScatteredMemory memory) {
    switch ((int) hart.x(17)) {
      case OracleProgram.BEGIN -> begin(hart, memory);
      case OracleProgram.WRITE -> {
        checkConditions(hart);
        output.writeBytes(memory.read(hart.x(11), (int) hart.x(12)));
      }
      default -> {
        hart.stop();
        hart.requestExit();
      }
    }
  }

  private void begin(Hart hart, ScatteredMemory memory) {
    Assembler vectors = trapVectors();
    memory.write(Layout.TRAP_VECTORS, vectors.bytes());
    hart.writeControl(STVEC, Layout.TRAP_VECTORS | VECTORED);
    hart.writeControl(SSTATUS, FLOATS_ON | INTERRUPTS_ON);
    hart.writeControl(SIE, SOFTWARE_INTERRUPT);
    if (execution.isTranslated) {
      hart.writeControl(SATP, memory.satp());
    }
    if (execution.isUser) {
      hart.writeControl(SEPC, hart.nextPc());
      hart.setNext(vectors.address("return"));
    }
  }

  /** A test of translation and interrupts that has none would prove nothing. */
  private void checkConditions(Hart hart) {
    boolean isTranslated = hart.readControl(SATP) != 0;
    boolean isUser = hart.readControl(SCAUSE) == ENVIRONMENT_CALL_CAUSE;
    boolean isInterrupted = hart.readControl(SCAUSE) == SOFTWARE_INTERRUPT_CAUSE;
    if (isTranslated != execution.isTranslated
        || isUser != execution.isUser
        || isInterrupted != execution.isInterrupted) {
      throw new IllegalStateException("not executed as intended: " + execution);
    }
  }

  /** An exception ends the program, but for a system call; a software interrupt goes away. */
  private static Assembler trapVectors() {
    return new Assembler(Layout.TRAP_VECTORS)
        .source(
            """
              j exception
              csrrci zero, sip, 2
            return:
              sret
            exception:
              csrrw t0, sscratch, t0
              csrr  t0, scause
              addi  t0, t0, -8
              bnez  t0, fatal
              csrr  t0, sepc
              addi  t0, t0, 4
              csrw  sepc, t0
              csrrw t0, sscratch, t0
              ecall
              sret
            fatal:
              li    a7, 93
              ecall
            stop:
              j     stop
            """);
  }
}
