package org.javisor.riscv.hart;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.javisor.machine.GuestMemory;
import org.javisor.machine.MemoryImage;
import org.jspecify.annotations.Nullable;

/**
 * The decoded pages of a memory image, with their units of translation: for all machines that have
 * their memory from it, as long as they have not written to the page.
 *
 * <p>The instructions are read from the image, never from a machine's memory, so that nothing a
 * guest does can change what another one executes. All it can do is to make code hot or cold.
 */
final class SharedCode {
  private final long base;
  private final long machineAddress;
  private final int most;
  private final AtomicInteger made = new AtomicInteger();
  private final AtomicReferenceArray<@Nullable CodePage> pages;

  private SharedCode(MemoryImage image, long base, int most) {
    this.base = base;
    this.machineAddress = image.machineAddress();
    this.most = most;
    this.pages =
        new AtomicReferenceArray<>(Math.toIntExact(image.size() >>> GuestMemory.PAGE_SHIFT));
  }

  /**
   * The decoded pages of an image.
   *
   * @param base the guest physical address it is at, the same for all machines
   * @param most how many pages there may be
   */
  static @Nullable SharedCode of(MemoryImage image, long base, int most) {
    SharedCode code = image.knowledge(SharedCode.class, () -> new SharedCode(image, base, most));
    return code.base == base ? code : null;
  }

  /** The decoded page at a guest physical address; null if there are too many. */
  @Nullable CodePage page(long physical) {
    int number = (int) ((physical - base) >>> GuestMemory.PAGE_SHIFT);
    CodePage page = pages.get(number);
    if (page != null) {
      return page;
    }
    if (made.get() >= most) {
      return null;
    }
    CodePage fresh = CodePage.shared(physical, machineAddress + (physical - base));
    CodePage other = pages.compareAndExchange(number, null, fresh);
    if (other == null) {
      made.incrementAndGet();
      return fresh;
    }
    return other;
  }
}
