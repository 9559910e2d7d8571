package org.javisor.riscv.lockstep;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.javisor.riscv.hart.HartState;

/** Compares all that is architectural about two harts. */
final class Registers {
  private Registers() {}

  static boolean areEqual(HartState first, HartState second) {
    return first.pc() == second.pc()
        && first.privilege() == second.privilege()
        && first.retired() == second.retired()
        && first.cycles() == second.cycles()
        && first.retiredInstructions() == second.retiredInstructions()
        && first.life().equals(second.life())
        && first.control().equals(second.control())
        && Arrays.equals(first.x(), second.x())
        && Arrays.equals(first.f(), second.f());
  }

  /** A line for each register that differs. */
  static String differences(HartState translator, HartState interpreter) {
    Map<String, Long> first = values(translator);
    Map<String, Long> second = values(interpreter);
    StringBuilder text = new StringBuilder();
    first.forEach(
        (name, value) -> {
          long other = second.getOrDefault(name, 0L);
          if (value != other) {
            text.append(
                String.format("  %s: translator %#018x, interpreter %#018x%n", name, value, other));
          }
        });
    return text.toString();
  }

  private static Map<String, Long> values(HartState state) {
    Map<String, Long> values = new LinkedHashMap<>();
    values.put("pc", state.pc());
    values.put("privilege", (long) state.privilege());
    values.put("retired", state.retired());
    values.put("cycle", state.cycles());
    values.put("instret", state.retiredInstructions());
    values.put("status of the hart", (long) state.life().status().ordinal());
    for (int i = 1; i < 32; i++) {
      values.put("x" + i, state.x()[i]);
    }
    for (int i = 0; i < 32; i++) {
      values.put("f" + i, state.f()[i]);
    }
    HartState.Control control = state.control();
    values.put("sstatus", control.sstatus());
    values.put("sie", control.sie());
    values.put("sip", control.sip());
    values.put("stvec", control.stvec());
    values.put("scounteren", control.scounteren());
    values.put("senvcfg", control.senvcfg());
    values.put("sscratch", control.sscratch());
    values.put("sepc", control.sepc());
    values.put("scause", control.scause());
    values.put("stval", control.stval());
    values.put("satp", control.satp());
    values.put("stimecmp", control.stimecmp());
    values.put("fcsr", (long) control.fcsr());
    return values;
  }
}
