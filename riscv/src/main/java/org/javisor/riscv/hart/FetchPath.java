package org.javisor.riscv.hart;

import org.javisor.machine.GuestMemory;
import org.javisor.machine.RawMemory;
import org.jspecify.annotations.Nullable;

/** Finds the decoded page an instruction is in, checking that it may be executed. */
final class FetchPath {
  private final Hart hart;
  private final GuestMemory memory;
  private final CodeCache code;
  private final PageWalker walker;

  /** The generation of the code cache that the fetched pages belong to. */
  private long generation;

  FetchPath(Hart hart, GuestMemory memory, CodeCache code) {
    this.hart = hart;
    this.memory = memory;
    this.code = code;
    this.walker = new PageWalker(memory);
  }

  /** The decoded page that holds {@code pc}. */
  CodePage page(long pc) {
    CodePage page = hart.tlb().current().fetched(pc, hart.privilege());
    return page != null ? page : translate(pc);
  }

  /** As {@link #page}, but null if it may not be executed. */
  @Nullable CodePage pageIfPermitted(long pc) {
    try {
      return page(pc);
    } catch (Trap denied) {
      return null;
    }
  }

  /** The decoded page that holds {@code pc}, if it has been fetched from lately. */
  @Nullable CodePage fetched(long pc) {
    return hart.tlb().current().fetched(pc, hart.privilege());
  }

  /**
   * The unit of translation that begins at {@code pc}, if there is one and all its pages are mapped
   * here as they were when it was made.
   */
  @Nullable UnitEntry unit(long pc) {
    CodePage page = fetched(pc);
    UnitEntry entry = page == null ? null : page.entry(CodePage.slot(pc));
    if (entry == null) {
      return null;
    }
    for (UnitEntry.Part part : entry.parts()) {
      if (pageIfPermitted(pc + part.distance() * 4096L) != part.page()) {
        CodePage.misfit(entry);
        return null;
      }
    }
    return entry;
  }

  private CodePage translate(long pc) {
    ControlRegisters control = hart.control();
    long satp = control.satp();
    int result = walker.walk(satp, pc);
    if (result == PageWalker.ACCESS_FAULT) {
      throw hart.trap(Cause.INSTRUCTION_ACCESS_FAULT, pc);
    }
    boolean user = hart.privilege() == Hart.USER;
    if (result != PageWalker.FOUND
        || (satp >>> PageWalker.SATP_MODE_SHIFT != 0
            && !PageWalker.permits(walker.leaf(), PageWalker.FETCH, user, false, false))) {
      throw hart.trap(Cause.INSTRUCTION_PAGE_FAULT, pc);
    }
    long physical = walker.physical() & -GuestMemory.PAGE_SIZE;
    if (!memory.contains(physical, GuestMemory.PAGE_SIZE)) {
      throw hart.trap(Cause.INSTRUCTION_ACCESS_FAULT, pc);
    }
    CodePage page = code.page(physical, hart);
    hart.tlb().current().installFetched(pc, hart.privilege(), page, walker.level());
    return page;
  }

  /**
   * The bits of the instruction at {@code pc}, 16 of them if it is compressed, straight from
   * memory. The second half may be in another page; what it raises then names that half's address.
   */
  int bits(long pc) {
    int low = half(pc);
    return (low & 3) != 3 ? low : low | (half(pc + 2) << 16);
  }

  private int half(long pc) {
    return RawMemory.getShort(page(pc).machineAddress() + (pc & 4095)) & 0xffff;
  }

  /** Forgets the fetched pages if one of them may have been dropped. */
  void fence() {
    long now = code.generation();
    if (now != generation) {
      generation = now;
      hart.tlb().flushFetched();
    }
  }
}
