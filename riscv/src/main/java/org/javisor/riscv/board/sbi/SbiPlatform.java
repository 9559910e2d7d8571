package org.javisor.riscv.board.sbi;

import java.util.List;
import org.javisor.machine.GuestMemory;
import org.javisor.riscv.board.console.ConsolePort;

/**
 * What the supervisor binary interface acts on.
 *
 * @param harts all harts, by id
 * @param memory RAM
 * @param console the debug console
 * @param fences executes fences on other harts
 * @param power ends or restarts the machine
 */
public record SbiPlatform(
    List<? extends SbiHart> harts,
    GuestMemory memory,
    ConsolePort console,
    RemoteFences fences,
    PowerControl power) {
  /** Copies the list. */
  public SbiPlatform {
    harts = List.copyOf(harts);
  }

  /** Ends or restarts the machine. Both come into effect after the present call. */
  public interface PowerControl {
    /** Switches the machine off. */
    void powerOff(boolean failure);

    /** Restarts the machine. */
    void reset();
  }

  /**
   * Executes fences on harts. The methods return when every hart of the mask has executed the fence
   * or is sure to before its next instruction. {@code caller} is the id of the hart whose thread
   * this is; it may be in the mask.
   */
  public interface RemoteFences {
    /** {@code fence.i}; bit <i>n</i> of the mask is hart <i>n</i>. */
    void instruction(int caller, long harts);

    /**
     * {@code sfence.vma} over a range of virtual addresses; a size of -1 is all of them.
     *
     * @param start first virtual address
     * @param size bytes, unsigned
     */
    void address(int caller, long harts, long start, long size);

    /** As {@link #address}, for one address space. */
    void address(int caller, long harts, long start, long size, int addressSpace);
  }

  /** Whether the physical range is RAM that a hart may start at or a buffer may lie in. */
  boolean isMemory(long address, long length) {
    return length >= 0 && memory.contains(address, length);
  }

  /** Whether a hart can begin to execute at a physical address. */
  boolean isEntry(long address) {
    return (address & 1) == 0 && isMemory(address, 2);
  }
}
