package org.javisor.riscv.hart;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The decoded instructions of one physical page, shared by all harts of a machine, or of several
 * machines ({@link SharedCode}).
 *
 * <p>There is a slot for every two bytes; 0 means not decoded yet. Two slots more than the page has
 * halfwords, never filled, so that straight-line execution runs off the page's end into a slot that
 * says "not decoded" instead of testing for the end at every instruction.
 *
 * <p>A decoder reads the instruction, writes the slot, executes a full fence, and reads again; if
 * the bytes have changed it starts over. A store writes the bytes, executes a full fence, and
 * clears the slots. Whichever fence comes first, the other side sees its effect, so no stale slot
 * survives.
 */
public final class CodePage {
  /** Slots that correspond to bytes of the page. */
  public static final int SLOTS = 2048;

  /** Bytes of guest memory in a page. */
  public static final int BYTES = 4096;

  /** So many stores without an instruction decoded in between make it a page of data again. */
  private static final int STORES_OF_DATA = 64;

  private static final int MISFITS = 16;
  private static final int MAX_HEAT = 1 << 30;
  private static final int MAX_COOLINGS = 26;

  private final long[] slots = new long[SLOTS + 2];
  private final long physical;
  private final long machineAddress;
  private final boolean shared;

  /** Racy on purpose: only a heuristic hangs on it. */
  private int storesSinceDecode;

  /** How hot the code at each slot is; racy on purpose. */
  private int @Nullable [] heat;

  private int coolings;

  // Under the page's lock, but for reading an entry.
  private @Nullable UnitEntry @Nullable [] entries;
  private final List<UnitEntry> units = new ArrayList<>();

  /** Counts stores to the page; changes under the lock. */
  private volatile int version;

  private CodePage(long physical, long machineAddress, boolean shared) {
    this.physical = physical;
    this.machineAddress = machineAddress;
    this.shared = shared;
  }

  /** A page of one machine. */
  static CodePage own(long physical, long machineAddress) {
    return new CodePage(physical, machineAddress, false);
  }

  /** A page whose bytes never change, of all machines that have it in their memory. */
  static CodePage shared(long physical, long machineAddress) {
    return new CodePage(physical, machineAddress, true);
  }

  /** Whether it is of several machines: its bytes never change. */
  public boolean isShared() {
    return shared;
  }

  /** The slot of an address in its page. */
  public static int slot(long address) {
    return (int) address >>> 1 & SLOTS - 1;
  }

  /** The decoded instructions by halfword; an engine fills in what it decodes. */
  public long[] slots() {
    return slots;
  }

  /** The machine address of the page's bytes. */
  public long machineAddress() {
    return machineAddress;
  }

  /** The page's guest physical address. */
  public long physical() {
    return physical;
  }

  /** Tells that an instruction has been decoded. */
  public void decoded() {
    storesSinceDecode = 0;
  }

  /**
   * Forgets the instructions that have a byte in the range, given as offsets into the page.
   *
   * @return whether so many stores came without decoding that this is no page of code any more
   */
  boolean written(int from, int to) {
    // An instruction of four bytes that began one halfword earlier may reach into the range.
    int first = Math.max(0, (from >> 1) - 1);
    int end = (to + 1) >> 1;
    changed(from >> 1, end);
    Arrays.fill(slots, first, end, 0);
    return ++storesSinceDecode > STORES_OF_DATA;
  }

  void invalidate() {
    changed(0, SLOTS);
    Arrays.fill(slots, 0);
  }

  // ------------------------------------------------------------------ units of translation

  /**
   * Adds to the heat of a slot.
   *
   * @return the heat before; the caller who takes it over a threshold has the slot translated
   */
  public int warm(int slot, int amount) {
    int[] counts = heat;
    if (counts == null) {
      counts = new int[SLOTS];
      heat = counts;
    }
    int before = counts[slot];
    counts[slot] = Math.min(before + amount, MAX_HEAT);
    return before;
  }

  /** Makes a slot at least so hot. */
  public void heatUp(int slot, int amount) {
    int now = warm(slot, 0);
    if (now >= 0 && now < amount) {
      warm(slot, amount - now);
    }
  }

  /**
   * Makes a slot cold again, so that it may become hot anew; each time it takes longer, for code
   * that is overwritten again and again is not worth translating.
   */
  public void cool(int slot) {
    int[] counts = heat;
    if (counts != null) {
      coolings = Math.min(coolings + 1, MAX_COOLINGS);
      counts[slot] = -(1 << coolings);
    }
  }

  /** The unit that begins at a slot. */
  public @Nullable UnitEntry entry(int slot) {
    @Nullable UnitEntry[] all = entries;
    return all == null ? null : all[slot];
  }

  /** A number that changes with each store to the page, once it has been made. */
  public int version() {
    return version;
  }

  /**
   * Puts a unit in place: {@code marker} is written to its slot, for the interpreter to stop at.
   *
   * @return false if one of the pages has been stored to since: the unit may be wrong
   */
  public static boolean install(UnitEntry entry, long marker) {
    List<UnitEntry.Part> parts = entry.parts();
    CodePage first = parts.getFirst().page();
    for (UnitEntry.Part part : parts) {
      synchronized (part.page()) {
        part.page().units.add(entry);
      }
    }
    // Stores from here on find the entry; those before have changed a version.
    boolean stale = false;
    for (UnitEntry.Part part : parts) {
      stale |= part.page().version != part.version();
    }
    if (!stale && first.enter(entry, marker)) {
      return true;
    }
    retire(entry);
    return false;
  }

  /** As {@link #install}, in the place of another unit that begins at the same slot, if any. */
  public static boolean replace(UnitEntry entry, long marker) {
    CodePage first = entry.parts().getFirst().page();
    UnitEntry old = first.entry(entry.slot());
    if (old != null) {
      takeOut(old);
    }
    return install(entry, marker);
  }

  /** The units that cover a slot. */
  public synchronized List<UnitEntry> covering(int slot) {
    return units.stream().filter(entry -> entry.covers(this, slot, slot + 1)).toList();
  }

  private synchronized boolean enter(UnitEntry entry, long marker) {
    if (entry.isRetired()) {
      return false;
    }
    @Nullable UnitEntry[] all = entries;
    if (all == null) {
      all = new UnitEntry[SLOTS];
      entries = all;
    }
    if (all[entry.slot()] != null) {
      return false;
    }
    all[entry.slot()] = entry;
    slots[entry.slot()] = marker;
    return true;
  }

  /** A unit turned out not to fit where it is looked for; after some times it goes. */
  static void misfit(UnitEntry entry) {
    if (entry.misfit() > MISFITS) {
      retire(entry);
    }
  }

  /** Some slots have been stored to; slots are cleared by the caller. */
  private void changed(int first, int end) {
    List<UnitEntry> gone = new ArrayList<>();
    synchronized (this) {
      version++;
      for (UnitEntry entry : units) {
        if (entry.covers(this, first, end)) {
          gone.add(entry);
        }
      }
    }
    // Without the lock, for a unit may be in two pages that are stored to at once.
    gone.forEach(CodePage::retire);
  }

  /** Takes a unit out of all its pages; from any thread. */
  public static void retire(UnitEntry entry) {
    entry.parts().getFirst().page().cool(entry.slot());
    takeOut(entry);
  }

  private static void takeOut(UnitEntry entry) {
    entry.retire();
    entry.parts().getFirst().page().leave(entry);
    for (UnitEntry.Part part : entry.parts()) {
      part.page().forget(entry);
    }
  }

  private synchronized void forget(UnitEntry entry) {
    units.remove(entry);
  }

  /** The unit no longer begins in this page. */
  private synchronized void leave(UnitEntry entry) {
    @Nullable UnitEntry[] all = entries;
    if (all != null && all[entry.slot()] == entry) {
      all[entry.slot()] = null;
      slots[entry.slot()] = 0;
    }
  }
}
