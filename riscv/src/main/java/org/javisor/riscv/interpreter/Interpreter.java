package org.javisor.riscv.interpreter;

import org.javisor.machine.RawMemory;
import org.javisor.riscv.hart.CodePage;
import org.javisor.riscv.hart.Engine;
import org.javisor.riscv.hart.Hart;
import org.javisor.riscv.isa.Decoder;

/**
 * Executes a hart's instructions one by one from the decode cache. It has no state of its own: one
 * instance serves any number of harts.
 */
public final class Interpreter implements Engine {
  /**
   * Instructions per call, so that the method is entered often enough to be replaced by a compiled
   * one.
   */
  private static final int LIMIT = 1 << 12;

  private static final int PAGE_MASK = 4095;
  private static final Dispatch DISPATCH = DispatchGenerator.generate();

  /** An interpreter; the code is shared by all. */
  public Interpreter() {}

  @Override
  public void execute(Hart hart) {
    execute(hart, LIMIT);
  }

  /**
   * Executes until the hart wants attention, or a unit of translation begins, or a number of
   * instructions has been executed and then a jump.
   */
  public void execute(Hart hart, int limit) {
    long pc = hart.pc();
    long[] slots = hart.fetch(pc);
    DISPATCH.run(hart, slots, CodePage.slot(pc), pc & ~PAGE_MASK, limit);
  }

  @Override
  public void step(Hart hart) {
    long pc = hart.pc();
    long decoded = Decoder.decode(hart.instructionBits(pc));
    int index = CodePage.slot(pc);
    long[] slots = new long[CodePage.SLOTS + 2];
    slots[index] = decoded;
    DISPATCH.run(hart, slots, index, pc & ~PAGE_MASK, 1);
  }

  /**
   * Decodes the instruction of a slot of the hart's current page.
   *
   * @param base virtual address of the page
   * @return the decoded instruction, or 0 if the slot is behind the page's end
   */
  static long decode(Hart hart, long base, int index) {
    if (index >= CodePage.SLOTS) {
      return 0;
    }
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
