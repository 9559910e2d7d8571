package org.javisor.riscv.hart;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.javisor.machine.AddressBus;
import org.javisor.machine.Clock;
import org.javisor.machine.GuestMemory;
import org.javisor.machine.RawMemory;

/** The harts of one machine and what they share: the decode cache, and fences of each other. */
public final class Harts {
  /** A running hart answers within microseconds; one whose thread the host has preempted, later. */
  private static final int SPINS = 1000;

  private static final long WAIT_NANOS = 20_000;

  private final CodeCache code;
  private final List<Hart> harts = new ArrayList<>();

  /**
   * Harts with ids 0 to {@code count - 1}, all stopped.
   *
   * @param engine executes their instructions; shared, so it keeps its state in the hart
   * @param calls answers their environment calls
   */
  public Harts(
      int count,
      GuestMemory memory,
      AddressBus bus,
      Clock clock,
      Engine engine,
      EnvironmentCalls calls) {
    code = new CodeCache(memory, this::announce, this::letGo);
    for (int id = 0; id < count; id++) {
      harts.add(new Hart(id, this, memory, bus, clock, engine, calls));
    }
  }

  /** All of them, by id. */
  public List<Hart> all() {
    return List.copyOf(harts);
  }

  /** The hart with an id. */
  public Hart hart(int id) {
    return harts.get(id);
  }

  /** How many there are. */
  public int count() {
    return harts.size();
  }

  /**
   * Executes {@code sfence.vma} for a range on other harts, and returns when they have.
   *
   * @param caller the hart on whose thread this is called
   * @param targets a bit for each hart id; the caller's own is honoured too
   * @param start first virtual address
   * @param size bytes; a large number means everything
   * @param asid the address space, or -1 for all
   */
  public void remoteTranslationFence(Hart caller, long targets, long start, long size, int asid) {
    remote(caller, targets, new Mailbox.TranslationFence(start, size, asid));
  }

  /** Executes {@code fence.i} on other harts, and returns when they have. */
  public void remoteInstructionFence(Hart caller, long targets) {
    remote(caller, targets, new Mailbox.InstructionFence());
  }

  CodeCache code() {
    return code;
  }

  /**
   * Waits until all harts have done what was asked of them before the call, doing meanwhile what is
   * asked of the caller, so that two who wait for each other both get on.
   */
  void awaitRequests(Hart caller) {
    for (Hart hart : harts) {
      if (hart != caller) {
        await(caller, hart.mailbox());
      }
    }
  }

  private void remote(Hart caller, long targets, Mailbox.Request request) {
    RawMemory.fullFence();
    for (Hart hart : harts) {
      if ((targets >>> hart.id() & 1) != 0) {
        if (hart == caller) {
          caller.perform(request);
        } else {
          hart.post(request);
        }
      }
    }
    awaitRequests(caller);
  }

  private static void await(Hart caller, Mailbox mailbox) {
    long number = mailbox.posted();
    for (int spins = 0; !mailbox.reached(number); spins++) {
      caller.drainMailbox();
      if (spins < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(caller, WAIT_NANOS);
      }
    }
  }

  /** A page is about to be decoded for the first time: no hart may store to it unseen. */
  private void announce(Hart decoding, CodePage page) {
    for (Hart hart : harts) {
      if (hart != decoding) {
        hart.post(new Mailbox.CodeAppeared(page));
      }
    }
    decoding.drainMailbox();
    decoding.tlb().dropWriteTags(page.machineAddress());
  }

  /** Many pages of code were dropped: harts that still hold them keep their memory. */
  private void letGo(Hart decoding) {
    for (Hart hart : harts) {
      if (hart == decoding) {
        hart.perform(new Mailbox.InstructionFence());
      } else {
        hart.post(new Mailbox.InstructionFence());
      }
    }
  }
}
