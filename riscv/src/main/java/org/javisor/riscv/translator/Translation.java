package org.javisor.riscv.translator;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.javisor.riscv.hart.CodePage;
import org.javisor.riscv.hart.Unit;
import org.javisor.riscv.hart.UnitEntry;
import org.javisor.riscv.isa.Decoded;
import org.javisor.riscv.isa.Instruction;
import org.jspecify.annotations.Nullable;

/**
 * A unit that has been made and is to be put in place.
 *
 * @param entry the unit and where it belongs
 * @param tier what it has been made for
 * @param continuations code that it leads to, and that was only left out because there was too much
 */
record Translation(UnitEntry entry, Tier tier, List<Place> continuations) {
  /** Where code is, whatever its virtual address. */
  record Place(CodePage page, int slot) {}

  /** Larger regions bought nothing and took longer to compile (measured). */
  private static final int MAX_INSTRUCTIONS = 128;

  /**
   * Translates the region at an offset of a window's first page.
   *
   * @return null if there is nothing to translate
   */
  static @Nullable Translation of(PageWindow window, int entry, Tier tier, Counters counters) {
    Region region = Region.find(window, entry, MAX_INSTRUCTIONS);
    if (!region.contains(entry)) {
      return null;
    }
    List<UnitEntry.Part> parts = parts(window, region);
    Unit unit = UnitStore.unit(region, tier, counters);
    return new Translation(
        new UnitEntry(entry >> 1, parts, unit, tier == Tier.QUICK),
        tier,
        region.continuations().stream()
            .map(at -> new Place(window.page(at >> 12), CodePage.slot(at)))
            .toList());
  }

  /** Puts the unit in place, unless the code there has changed since it was read. */
  boolean install() {
    long marker = Instruction.TRANSLATED.opcode();
    return tier == Tier.QUICK ? CodePage.install(entry, marker) : CodePage.replace(entry, marker);
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
