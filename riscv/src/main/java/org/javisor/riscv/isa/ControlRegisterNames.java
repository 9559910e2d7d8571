package org.javisor.riscv.isa;

import java.util.Map;
import java.util.TreeMap;

/** Names of the control and status registers a supervisor uses; the others go by number. */
final class ControlRegisterNames {
  private static final Map<String, Integer> NUMBERS = new TreeMap<>();
  private static final Map<Integer, String> NAMES = new TreeMap<>();

  static {
    add(0x001, "fflags");
    add(0x002, "frm");
    add(0x003, "fcsr");
    add(0xc00, "cycle");
    add(0xc01, "time");
    add(0xc02, "instret");
    add(0x100, "sstatus");
    add(0x104, "sie");
    add(0x105, "stvec");
    add(0x106, "scounteren");
    add(0x10a, "senvcfg");
    add(0x140, "sscratch");
    add(0x141, "sepc");
    add(0x142, "scause");
    add(0x143, "stval");
    add(0x144, "sip");
    add(0x14d, "stimecmp");
    add(0x180, "satp");
    for (int counter = 3; counter < 32; counter++) {
      add(0xc00 + counter, "hpmcounter" + counter);
    }
  }

  private ControlRegisterNames() {}

  private static void add(int number, String name) {
    NUMBERS.put(name, number);
    NAMES.put(number, name);
  }

  static String name(int number) {
    String name = NAMES.get(number);
    return name != null ? name : "0x" + Integer.toHexString(number);
  }

  /** The number of a register, or -1 if the name is none of ours. */
  static int number(String name) {
    return NUMBERS.getOrDefault(name, -1);
  }
}
