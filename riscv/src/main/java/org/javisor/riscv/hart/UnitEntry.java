package org.javisor.riscv.hart;

import java.util.BitSet;
import java.util.List;

/**
 * A unit of translation in place: at a slot of a decoded page, perhaps reaching into neighbouring
 * pages.
 *
 * <p>When the guest overwrites an instruction it covers, it is retired: its unit becomes one that
 * does nothing, so that whoever still holds the entry finds out by entering it.
 */
public final class UnitEntry {
  /**
   * What the region covers of one page.
   *
   * @param page the page
   * @param distance its number less that of the page with the entry, in virtual addresses
   * @param version the page's version when its instructions were read
   * @param slots the halfwords of instructions covered in this page
   */
  public record Part(CodePage page, int distance, int version, BitSet slots) {
    boolean covers(int first, int end) {
      int next = slots.nextSetBit(first);
      return next >= 0 && next < end;
    }
  }

  private final int slot;
  private final List<Part> parts;

  /** Plain, for readers see the change at the latest when they have executed a fence. */
  private Unit unit;

  /** How often the unit was found in an address space where its pages are not neighbours. */
  private int misfits;

  /**
   * An entry.
   *
   * @param slot where it begins in the page of the first part
   */
  public UnitEntry(int slot, List<Part> parts, Unit unit) {
    this.slot = slot;
    this.parts = List.copyOf(parts);
    this.unit = unit;
  }

  /** The code, or {@link Unit#NONE} when it has been retired. */
  public Unit unit() {
    return unit;
  }

  /** The slot in its page. */
  public int slot() {
    return slot;
  }

  /** The page it begins in, then the others. */
  public List<Part> parts() {
    return parts;
  }

  boolean covers(CodePage page, int first, int end) {
    for (Part part : parts) {
      if (part.page().equals(page) && part.covers(first, end)) {
        return true;
      }
    }
    return false;
  }

  void retire() {
    unit = Unit.NONE;
  }

  /** Whether it has been taken out of its place. */
  public boolean isRetired() {
    return unit.isNone();
  }

  int misfit() {
    return ++misfits;
  }
}
