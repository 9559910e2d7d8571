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
  private final boolean improvable;

  /** Plain, for readers see the change at the latest when they have executed a fence. */
  private Unit unit;

  /** How often the unit was found in an address space where its pages are not neighbours. */
  private int misfits;

  /** How often a hart was found in its code; racy on purpose. */
  private int samples;

  /**
   * An entry.
   *
   * @param slot where it begins in the page of the first part
   * @param improvable whether there may be a better unit for the same code
   */
  public UnitEntry(int slot, List<Part> parts, Unit unit, boolean improvable) {
    this.slot = slot;
    this.parts = List.copyOf(parts);
    this.unit = unit;
    this.improvable = improvable;
  }

  /** Whether there may be a better unit for the same code. */
  public boolean isImprovable() {
    return improvable;
  }

  /** A hart has been found in its code: the number of times so far. */
  public int sample() {
    return ++samples;
  }

  /** The virtual address where it begins, if {@code address} is one in {@code page}. */
  public long start(CodePage page, long address) {
    for (Part part : parts) {
      if (part.page().equals(page)) {
        return (address & -CodePage.BYTES) - (long) part.distance() * CodePage.BYTES + 2L * slot;
      }
    }
    throw new IllegalArgumentException("the unit has no part in this page");
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
