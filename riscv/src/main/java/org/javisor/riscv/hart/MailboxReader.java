package org.javisor.riscv.hart;

import java.util.List;
import org.javisor.machine.RawMemory;

/** Does what other harts ask of a hart's caches, on the hart's thread, between instructions. */
final class MailboxReader {
  private final Mailbox mailbox;
  private final SoftTlb tlb;
  private final FetchPath fetch;
  private final CodeCache code;

  MailboxReader(Mailbox mailbox, SoftTlb tlb, FetchPath fetch, CodeCache code) {
    this.mailbox = mailbox;
    this.tlb = tlb;
    this.fetch = fetch;
    this.code = code;
  }

  /** Does all that has been posted; false if nothing has. */
  boolean drain() {
    if (mailbox.isEmpty()) {
      return false;
    }
    perform(mailbox.take());
    RawMemory.fullFence();
    mailbox.acknowledge();
    return true;
  }

  void perform(List<Mailbox.Request> requests) {
    // First, since all the others forget what this looks at: a page this hart may have stored to
    // unseen has perhaps been decoded before the store.
    for (Mailbox.Request request : requests) {
      if (request instanceof Mailbox.CodeAppeared(CodePage page)
          && tlb.mayHaveWritten(page.machineAddress())) {
        RawMemory.fullFence();
        page.invalidate();
      }
    }
    for (Mailbox.Request request : requests) {
      switch (request) {
        case Mailbox.CodeAppeared(CodePage page) -> tlb.dropWriteTags(page.machineAddress());
        case Mailbox.TranslationFence(long start, long size, int asid) ->
            tlb.flushRange(start, size, asid);
        case Mailbox.InstructionFence() -> fetch.fence();
        case Mailbox.Everything() -> {
          tlb.dropWriteTags();
          tlb.flush();
          code.clear();
          fetch.fence();
        }
      }
    }
  }
}
