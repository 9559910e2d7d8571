package org.javisor.riscv.translator;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.javisor.riscv.hart.CodePage;
import org.javisor.riscv.hart.Hart;
import org.javisor.riscv.hart.Unit;
import org.javisor.riscv.hart.UnitEntry;
import org.javisor.riscv.isa.Decoded;
import org.javisor.riscv.isa.Instruction;
import org.jspecify.annotations.Nullable;

/** A unit that has been made and is to be put in place. */
record Translation(UnitEntry entry) {
  /** Larger regions bought nothing and took longer to compile (measured). */
  private static final int MAX_INSTRUCTIONS = 128;

  /** Calls that make the JVM compile a method at its first level; the threshold is 200. */
  private static final int WARM_UP = 300;

  /**
   * Translates the region at an offset of a window's first page.
   *
   * @param counts whether the unit leaves where a turn of the hart is to end
   * @return null if there is nothing to translate
   */
  static @Nullable Translation of(PageWindow window, int entry, boolean counts, Counters counters) {
    Region region = Region.find(window, entry, MAX_INSTRUCTIONS);
    if (!region.contains(entry)) {
      return null;
    }
    List<UnitEntry.Part> parts = parts(window, region);
    return new Translation(
        new UnitEntry(entry >> 1, parts, UnitStore.unit(region, counts, counters)));
  }

  /** Has the JVM compile the unit in the background. */
  void warmUp(Hart hart) {
    Unit unit = entry.unit();
    for (int i = 0; i < WARM_UP; i++) {
      unit.run(hart, 0, -1);
    }
  }

  /** Puts the unit in place, unless the code there has changed since it was read. */
  boolean install() {
    return CodePage.install(entry, Instruction.TRANSLATED.opcode());
  }

  /** What the region covers of each page; the entry's page first. */
  private static List<UnitEntry.Part> parts(PageWindow window, Region region) {
    Map<Integer, BitSet> slots = new TreeMap<>();
    for (Block block : region.blocks().values()) {
      for (Block.Step step : block.steps()) {
        int end = step.offset() + Decoded.length(step.decoded());
        for (int half = step.offset(); half < end; half += 2) {
          slots.computeIfAbsent(half >> 12, key -> new BitSet()).set((half & 4095) >> 1);
        }
      }
    }
    List<UnitEntry.Part> parts = new ArrayList<>();
    slots.forEach(
        (distance, covered) -> {
          UnitEntry.Part part =
              new UnitEntry.Part(
                  window.page(distance), distance, window.version(distance), covered);
          parts.add(distance == 0 ? 0 : parts.size(), part);
        });
    return parts;
  }
}
