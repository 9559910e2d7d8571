package org.javisor.riscv.interpreter;

import org.javisor.machine.RawMemory;
import org.javisor.riscv.hart.CodePage;
import org.javisor.riscv.hart.Engine;
import org.javisor.riscv.hart.Hart;
import org.javisor.riscv.hart.Trap;
import org.javisor.riscv.isa.Decoded;
import org.javisor.riscv.isa.Decoder;
import org.javisor.riscv.isa.Instruction;

/**
 * Executes a hart's instructions one by one from the decode cache. It has no state of its own: one
 * instance serves any number of harts.
 */
public final class Interpreter implements Engine {
  /** Instructions per call: the hart's loop has nothing to do in between. */
  private static final int LIMIT = 1 << 12;

  private static final long UNDECODED = 0;
  private static final long TRANSLATED = Instruction.TRANSLATED.opcode();

  /** A page of which nothing is decoded. */
  private static final long[] NO_SLOTS = new long[CodePage.SLOTS + 2];

  private static final long PAGE_OFFSET = CodePage.BYTES - 1;
  private static final Dispatch DISPATCH = DispatchGenerator.generate();

  /** An interpreter; the code is shared by all. */
  public Interpreter() {}

  @Override
  public void execute(Hart hart) {
    execute(hart, LIMIT);
  }

  /**
   * Executes until the hart wants attention, or a unit of translation begins, or about a number of
   * instructions has been executed.
   */
  public void execute(Hart hart, int limit) {
    long end = hart.retired() + limit;
    long left;
    do {
      left = dispatch(hart, (int) (end - hart.retired()));
      if (isLeftToPerform(left)) {
        carryOut(hart, left);
      }
    } while (left != TRANSLATED && hart.retired() < end && hart.attention() == 0);
  }

  /**
   * Executes instructions in a row, at the most to the first jump that is taken.
   *
   * @return whether the one after those retired has trapped
   */
  boolean executeStraight(Hart hart) {
    long left = dispatch(hart, 1);
    return isLeftToPerform(left) && !carryOut(hart, left);
  }

  private static long dispatch(Hart hart, int limit) {
    long pc = hart.pc();
    long[] slots = hart.fetch(pc);
    long base = pc & ~PAGE_OFFSET;
    long left = DISPATCH.run(hart, slots, pc - base, base, limit, UNDECODED);
    return left == UNDECODED ? executeUndecoded(hart, base) : left;
  }

  private static boolean isLeftToPerform(long left) {
    return left != Dispatch.JUMPED && left != UNDECODED && left != TRANSLATED;
  }

  /**
   * Decodes the instruction at the hart's pc for the next time, or executes it if it has no slot.
   *
   * @return what {@link Dispatch#run} does; or {@link Dispatch#JUMPED}, to go on
   */
  private static long executeUndecoded(Hart hart, long base) {
    long pc = hart.pc();
    if ((pc & ~PAGE_OFFSET) != base) {
      return Dispatch.JUMPED;
    }
    long decoded = decode(hart, base, CodePage.slot(pc));
    return DISPATCH.run(hart, NO_SLOTS, pc - base, base, 1, decoded);
  }

  /**
   * Carries out an instruction that the loop has left at the hart's pc.
   *
   * @return false if it trapped; the trap is delivered
   */
  private static boolean carryOut(Hart hart, long decoded) {
    hart.setNext(hart.pc() + Decoded.length(decoded));
    try {
      DISPATCH.perform(hart, decoded);
    } catch (Trap raised) {
      hart.raise(raised);
      return false;
    }
    hart.retire(1);
    hart.setPc(hart.nextPc());
    return true;
  }

  /**
   * Executes a load or store that the soft TLB has not answered.
   *
   * @param pc its virtual address
   * @return where the guest goes on, a trap delivered
   */
  public static long access(Hart hart, long pc, long decoded) {
    hart.setPc(pc);
    carryOut(hart, decoded);
    return hart.pc();
  }

  @Override
  public void step(Hart hart) {
    long pc = hart.pc();
    long base = pc & ~PAGE_OFFSET;
    long decoded = Decoder.decode(hart.instructionBits(pc));
    long before = hart.retired();
    long left = DISPATCH.run(hart, NO_SLOTS, pc - base, base, 1, decoded);
    if (hart.retired() == before && isLeftToPerform(left)) {
      carryOut(hart, left);
    }
  }

  /**
   * Decodes the instruction of a slot of the hart's current page.
   *
   * @param base virtual address of the page
   * @return the decoded instruction
   */
  private static long decode(Hart hart, long base, int index) {
    CodePage page = hart.codePage();
    long address = page.machineAddress() + 2L * index;
    if (index == CodePage.SLOTS - 1 && (RawMemory.getShort(address) & 3) == 3) {
      // Its second half is in another page, of which this one's slots cannot know.
      return Decoder.decode(hart.instructionBits(base + 2L * index));
    }
    long[] slots = page.slots();
    while (true) {
      int bits = bits(address);
      long decoded = Decoder.decode(bits);
      slots[index] = decoded;
      RawMemory.fullFence();
      if (bits(address) == bits) {
        page.decoded();
        return decoded;
      }
    }
  }

  private static int bits(long address) {
    int low = RawMemory.getShort(address) & 0xffff;
    return (low & 3) != 3 ? low : low | RawMemory.getShort(address + 2) << 16;
  }
}
