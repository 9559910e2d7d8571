package org.javisor.riscv.lockstep;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.javisor.riscv.isa.Assembler;
import org.javisor.riscv.oracle.SequenceSource;
import org.javisor.riscv.oracle.Unit;

/**
 * Makes the code of an address space: functions with loops, calls of all kinds and returns to
 * unexpected places around random sequences of instructions. What is in registers when means
 * nothing; only x2 and two others hold addresses, see {@link SequenceSource}.
 */
final class ProgramSource {
  private static final int FUNCTIONS = Layout.ENTRIES;

  private final SplittableRandom random;
  private final SequenceSource sequences;
  private final Assembler code = new Assembler(Layout.CODE);
  private int labels;

  private ProgramSource(SplittableRandom random, long registers) {
    this.random = random;
    // The same registers hold addresses in all address spaces of a program.
    this.sequences = new SequenceSource(registers);
  }

  /**
   * The code from {@link Layout#CODE} on, cut off where there is no more room.
   *
   * @param registers the seed that says which registers hold addresses
   */
  static byte[] code(SplittableRandom random, long registers) {
    ProgramSource source = new ProgramSource(random, registers);
    source.emit();
    return source.code.bytes();
  }

  private void emit() {
    for (int number = 0; number < Layout.ENTRIES; number++) {
      entry(number);
    }
    for (int number = 0; number < FUNCTIONS; number++) {
      function(number);
    }
  }

  /** Sets up the registers and calls a function again and again. */
  private void entry(int number) {
    while (code.here() < Layout.entry(number)) {
      code.half(1); // nop
    }
    long window = Layout.WINDOW + 8 * random.nextInt(-4, 5);
    line("li x2, %d", Layout.WINDOW);
    line("li x%d, %d", sequences.compressedBase(), window + 8 * random.nextInt(-8, 9));
    line("li x%d, %d", sequences.wordBase(), window + 4 * random.nextInt(-17, 17));
    line("li t0, %d", Layout.STACK_TOP);
    line("sd t0, %d(x2)", Layout.STACK_POINTER);
    String again = label();
    line("%s: li t0, %d", again, random.nextInt(1, 60));
    line("sd t0, %d(x2)", Layout.DEPTH);
    line("call f%d", number);
    line("j %s", again);
  }

  private void function(int number) {
    if (random.nextBoolean() && code.here() % 4 == 0) {
      code.half(1);
    }
    code.label("f" + number);
    boolean isLeaf = random.nextInt(4) == 0;
    if (!isLeaf) {
      pushReturnAddress();
    }
    statements(random.nextInt(1, 5), number, isLeaf, 0);
    if (!isLeaf) {
      popReturnAddress(1);
    }
    leave(isLeaf);
  }

  private void pushReturnAddress() {
    line("ld t0, %d(x2)", Layout.STACK_POINTER);
    line("addi t0, t0, -16");
    line("sd ra, 8(t0)");
    line("sd t0, %d(x2)", Layout.STACK_POINTER);
  }

  /** Of the last frame, or of the one before as a longjmp does. */
  private void popReturnAddress(int frames) {
    line("ld t0, %d(x2)", Layout.STACK_POINTER);
    line("addi t0, t0, %d", 16 * frames);
    line("ld ra, -8(t0)");
    line("sd t0, %d(x2)", Layout.STACK_POINTER);
  }

  private void leave(boolean isLeaf) {
    switch (random.nextInt(isLeaf ? 3 : 12)) {
      case 3 -> {
        // On behind the instruction that follows the call, or into its middle.
        line("addi ra, ra, %d", 2 * random.nextInt(1, 4));
        line("ret");
      }
      case 4 -> line("j f%d", anyFunction());
      case 5 -> {
        line("la t1, f%d", anyFunction());
        line("jr t1");
      }
      case 6 -> {
        popReturnAddress(1);
        line("ret");
      }
      case 7 -> code.half(0x8082); // c.jr ra
      default -> line("ret");
    }
  }

  private void statements(int count, int function, boolean isLeaf, int nesting) {
    for (int i = 0; i < count; i++) {
      statement(function, isLeaf, nesting);
    }
  }

  private void statement(int function, boolean isLeaf, int nesting) {
    int choice = random.nextInt(isLeaf ? 50 : 100);
    if (choice < 24) {
      units(random.nextInt(1, 10));
    } else if (choice < 32) {
      elsewhere();
    } else if (choice < 40) {
      if (nesting < 2) {
        loop(function, isLeaf, nesting);
      }
    } else if (choice < 43) {
      code.word(0x0010_0073); // ebreak: a service
    } else if (choice < 45) {
      line(random.nextBoolean() ? "ecall" : "fence.i");
    } else if (choice < 48) {
      counters();
    } else if (choice < 50) {
      intoTheMiddle();
    } else if (choice < 72) {
      call();
    } else if (choice < 80) {
      recursion(function);
    } else if (choice < 86) {
      madeCode();
    } else if (choice < 90) {
      line("csrrci zero, %s, %d", random.nextBoolean() ? "fflags" : "fcsr", random.nextInt(32));
      code.half(0x9002); // c.ebreak
    } else if (choice < 92) {
      line("sfence.vma zero, zero");
    } else if (choice < 94) {
      line("li t0, %d", 1L << random.nextInt(13, 15));
      line("%s sstatus, t0", random.nextBoolean() ? "csrs" : "csrc");
    } else if (choice < 95) {
      line("sret");
    } else {
      code.word(random.nextInt());
    }
  }

  private void units(int count) {
    List<Unit> units = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      units.add(sequences.unit());
    }
    Unit.emit(units, code);
  }

  /** Loads and stores in other pages, often across their borders. */
  private void elsewhere() {
    long near = Layout.DATA + (long) Layout.PAGE * random.nextInt(Layout.DATA_PAGES + 1);
    line("li t0, %d", near + random.nextInt(-24, 24));
    String[] loads = {"lb", "lhu", "lw", "ld", "fld f1,", "flw f30,", "lbu", "lwu", "lh"};
    String[] stores = {"sb", "sh", "sw", "sd", "fsd f1,", "fsw f2,"};
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      int offset = random.nextInt(-16, 16);
      if (random.nextInt(6) == 0) {
        line("andi t0, t0, -8");
        line("%s t1, t1, (t0)", random.nextBoolean() ? "amoadd.d" : "amoswap.w");
      } else if (random.nextBoolean()) {
        String load = loads[random.nextInt(loads.length)];
        line("%s %d(t0)", load.contains("f") ? load : load + " t1,", offset);
      } else {
        String store = stores[random.nextInt(stores.length)];
        line("%s %d(t0)", store.contains("f") ? store : store + " t1,", offset);
      }
    }
  }

  private void loop(int function, boolean isLeaf, int nesting) {
    int counter = Layout.COUNTERS + 8 * random.nextInt(Layout.COUNTER_COUNT);
    String head = label();
    line("li t0, %d", random.nextInt(1, 30));
    line("sd t0, %d(x2)", counter);
    code.label(head);
    statements(random.nextInt(1, 3), function, isLeaf, nesting + 1);
    line("ld t0, %d(x2)", counter);
    line("addi t0, t0, -1");
    line("sd t0, %d(x2)", counter);
    String out = label();
    if (random.nextBoolean()) {
      line("blez t0, %s".replace("blez t0", "bge zero, t0"), out);
      line("j %s", head);
    } else {
      // Too far for a branch, perhaps.
      line("bge zero, t0, %s", out);
      line("jal t2, %s", head);
    }
    code.label(out);
  }

  private void call() {
    int function = anyFunction();
    switch (random.nextInt(5)) {
      case 0 -> {
        line("la t1, f%d", function);
        line("jalr ra, 0(t1)");
      }
      case 1 -> {
        // Not where the function begins, but near.
        line("la t1, f%d", function);
        line("jalr ra, %d(t1)", 2 * random.nextInt(0, 6));
      }
      case 2 -> line("jal t0, f%d", function);
      default -> line("call f%d", function);
    }
  }

  private void recursion(int function) {
    String enough = label();
    line("ld t0, %d(x2)", Layout.DEPTH);
    line("addi t0, t0, -1");
    line("bge zero, t0, %s", enough);
    line("sd t0, %d(x2)", Layout.DEPTH);
    line("call f%d", function);
    code.label(enough);
  }

  private void counters() {
    String[] names = {"time", "cycle", "instret", "fcsr", "frm", "sepc", "stval", "scause"};
    line("csrr t%d, %s", random.nextInt(3), names[random.nextInt(names.length)]);
  }

  /** Jumps to two bytes behind the beginning of an instruction, or before. */
  private void intoTheMiddle() {
    line("auipc t0, 0");
    line("jalr %s, %d(t0)", random.nextBoolean() ? "zero" : "ra", 2 * random.nextInt(-6, 14));
  }

  /**
   * Writes a function of two instructions, and calls it after a fence. Nothing else stores by way
   * of t1, so that no program overwrites itself without a fence: engines may then differ.
   */
  private void madeCode() {
    String over = label();
    line("j %s", over);
    code.align(4);
    long place = code.here();
    code.word(0x0000_0013);
    line("ret");
    code.label(over);
    line("li t1, %d", place + Layout.WRITABLE);
    line("li t2, %d", 0x0013_8393 + (random.nextInt(0, 2048) << 20)); // addi t2, t2, n
    line("sw t2, 0(t1)");
    if (random.nextBoolean()) {
      line("li t2, 0x8067"); // ret
      line("sw t2, 4(t1)");
    }
    line("fence.i");
    line("li t1, 0");
    line("jal ra, %d", place);
  }

  private int anyFunction() {
    return random.nextInt(FUNCTIONS);
  }

  private String label() {
    return "l" + labels++;
  }

  private void line(String format, Object... operands) {
    code.source(String.format(format, operands));
  }
}
