package org.javisor.riscv.hart;

import java.util.ArrayList;
import java.util.List;
import org.javisor.machine.AddressBus;
import org.javisor.machine.GuestMemory;
import org.javisor.riscv.TestEngine;
import org.javisor.riscv.isa.Assembler;

/**
 * Harts with 16 MiB of memory and nothing around them. An environment call from S-mode ends {@link
 * Hart#run}; the hart is started at the first byte of memory.
 */
final class TestMachine implements AutoCloseable {
  static final long BASE = 0x8000_0000L;
  static final long TRAP_HANDLER = BASE + 0x8000;
  static final long DATA = BASE + 0x10_0000;
  static final long TABLES = BASE + 0x80_0000;

  static final int SSTATUS = 0x100;
  static final int SIE = 0x104;
  static final int STVEC = 0x105;
  static final int SEPC = 0x141;
  static final int SCAUSE = 0x142;
  static final int STVAL = 0x143;
  static final int SIP = 0x144;
  static final int STIMECMP = 0x14d;
  static final int SATP = 0x180;

  static final long STATUS_SIE = 1 << 1;
  static final long STATUS_SPIE = 1 << 5;
  static final long STATUS_SPP = 1 << 8;
  static final long STATUS_FS_INITIAL = 1 << 13;
  static final long STATUS_SUM = 1 << 18;
  static final long STATUS_MXR = 1 << 19;

  final GuestMemory memory = GuestMemory.allocate(BASE, 16 << 20);
  final AddressBus bus = new AddressBus();
  final ManualClock clock = new ManualClock();
  final Harts harts;
  final Hart hart;

  TestMachine() {
    this(1);
  }

  TestMachine(int count) {
    harts = new Harts(count, memory, bus, clock, TestEngine.create(), Hart::requestExit);
    hart = harts.hart(0);
    hart.reset();
    hart.start(BASE, 0);
    // The first step enters the start; an unconditional jump leads back to it.
    code(BASE, "j 0x80000000");
    hart.step();
    hart.writeControl(STVEC, TRAP_HANDLER);
  }

  /** Assembles a program to an address. */
  Assembler code(long address, String source) {
    Assembler assembler = new Assembler(address).source(source);
    byte[] bytes = assembler.bytes();
    memory.write(address, bytes, 0, bytes.length);
    return assembler;
  }

  /** Executes one instruction, put at BASE + 0x1000 with a fence.i, in the present mode. */
  void execute(String instruction) {
    long address = BASE + 0x1000;
    code(address, instruction);
    hart.setPc(address);
    hart.step();
  }

  /** Steps until pc is an address. */
  void stepTo(long address) {
    for (int i = 0; i < 100_000; i++) {
      if (hart.pc() == address) {
        return;
      }
      hart.step();
    }
    throw new AssertionError("pc is " + Long.toHexString(hart.pc()));
  }

  /** Runs a hart on this thread from an address until it makes an environment call. */
  void run(Hart which, long address) {
    which.setPc(address);
    which.run();
  }

  /** Runs all harts from addresses, each on a thread, until each has made an environment call. */
  void runAll(long... addresses) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < addresses.length; i++) {
      Hart each = harts.hart(i);
      if (each.status() == HartStatus.STOPPED) {
        each.start(addresses[i], 0);
      } else {
        each.setPc(addresses[i]);
      }
      threads.add(Thread.ofPlatform().daemon().start(each::run));
    }
    for (Thread thread : threads) {
      thread.join(60_000);
      if (thread.isAlive()) {
        throw new AssertionError("a hart does not end; harts are at " + where());
      }
    }
  }

  private String where() {
    StringBuilder all = new StringBuilder();
    harts.all().forEach(each -> all.append(Long.toHexString(each.pc())).append(' '));
    return all.toString();
  }

  /** Enters user mode at an address. */
  void enterUser(long pc) {
    hart.writeControl(SEPC, pc);
    hart.writeControl(SSTATUS, hart.readControl(SSTATUS) & ~STATUS_SPP);
    hart.returnFromTrap();
    hart.setPc(hart.nextPc());
  }

  long cause() {
    return hart.readControl(SCAUSE);
  }

  long trapValue() {
    return hart.readControl(STVAL);
  }

  /** Whether the last step ended in the trap handler, and why and with which value. */
  String trap() {
    if (hart.pc() != TRAP_HANDLER) {
      return "none";
    }
    return cause() + " " + Long.toHexString(trapValue());
  }

  @Override
  public void close() {
    memory.close();
  }
}
