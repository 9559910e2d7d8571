package org.javisor.riscv.hart;

import java.util.Arrays;

/**
 * The decoded instructions of one physical page, shared by all harts of a machine.
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

  /** So many stores without an instruction decoded in between make it a page of data again. */
  private static final int STORES_OF_DATA = 64;

  private final long[] slots = new long[SLOTS + 2];
  private final long physical;
  private final long machineAddress;

  /** Racy on purpose: only a heuristic hangs on it. */
  private int storesSinceDecode;

  CodePage(long physical, long machineAddress) {
    this.physical = physical;
    this.machineAddress = machineAddress;
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
    Arrays.fill(slots, first, (to + 1) >> 1, 0);
    return ++storesSinceDecode > STORES_OF_DATA;
  }

  void invalidate() {
    Arrays.fill(slots, 0);
  }
}
