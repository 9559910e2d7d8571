package org.javisor.riscv.hart;

import org.javisor.machine.AddressBus;
import org.javisor.machine.BusErrorException;
import org.javisor.machine.GuestMemory;
import org.javisor.machine.RawMemory;

/**
 * Loads, stores and atomic operations that the soft TLB does not answer: misses, misaligned and
 * page-crossing accesses, device registers, pages whose writes are watched.
 */
final class DataPath {
  private static final int PAGE = GuestMemory.PAGE_SIZE;
  private static final long NOTHING_WATCHED = -1;

  private final Hart hart;
  private final GuestMemory memory;
  private final AddressBus bus;
  private final PageWalker walker;

  /** Whether stores to the page translated last must be told to watchers. */
  private boolean watched;

  private long walks;

  /** The address an atomic operation is about to write in a watched page. */
  private long watchedAtomic = NOTHING_WATCHED;

  DataPath(Hart hart, GuestMemory memory, AddressBus bus) {
    this.hart = hart;
    this.memory = memory;
    this.bus = bus;
    this.walker = new PageWalker(memory);
  }

  /** How many page walks there have been. */
  long walks() {
    return walks;
  }

  /** Loads {@code size} bytes, zero-extended. */
  long load(long address, int size) {
    if (crosses(address, size)) {
      return loadCrossing(address, size);
    }
    long entry = hart.tlbTable() + SoftTlb.entryOffset(address);
    if (RawMemory.getLong(entry + SoftTlb.READ_TAG) == (address & SoftTlb.TAG_MASK)) {
      return rawLoad(address + RawMemory.getLong(entry + SoftTlb.ADDEND), size);
    }
    long physical = translate(address, PageWalker.LOAD);
    if (memory.contains(physical, size)) {
      return rawLoad(memory.machineAddress(physical), size);
    }
    if ((address & size - 1) != 0) {
      throw hart.trap(Cause.LOAD_ACCESS_FAULT, address);
    }
    try {
      return bus.read(physical, size);
    } catch (BusErrorException e) {
      throw hart.trap(Cause.LOAD_ACCESS_FAULT, address);
    }
  }

  /** Stores the low {@code size} bytes of {@code value}. */
  void store(long address, int size, long value) {
    if (crosses(address, size)) {
      storeCrossing(address, size, value);
      return;
    }
    long entry = hart.tlbTable() + SoftTlb.entryOffset(address);
    if (RawMemory.getLong(entry + SoftTlb.WRITE_TAG) == (address & SoftTlb.TAG_MASK)) {
      rawStore(address + RawMemory.getLong(entry + SoftTlb.ADDEND), size, value);
      return;
    }
    long physical = translate(address, PageWalker.STORE);
    if (memory.contains(physical, size)) {
      boolean tell = watched;
      rawStore(memory.machineAddress(physical), size, value);
      if (tell) {
        memory.written(physical, size);
      }
      return;
    }
    if ((address & size - 1) != 0) {
      throw hart.trap(Cause.STORE_ACCESS_FAULT, address);
    }
    try {
      bus.write(physical, size, value);
    } catch (BusErrorException e) {
      throw hart.trap(Cause.STORE_ACCESS_FAULT, address);
    }
  }

  /**
   * The machine address of an atomic operation that writes.
   *
   * @param size 4 or 8; a misaligned address traps
   */
  long atomicAddress(long address, int size) {
    if ((address & size - 1) != 0) {
      throw hart.trap(Cause.STORE_ADDRESS_MISALIGNED, address);
    }
    long physical = translate(address, PageWalker.STORE);
    if (!memory.contains(physical, size)) {
      throw hart.trap(Cause.STORE_ACCESS_FAULT, address);
    }
    if (watched) {
      watchedAtomic = physical;
    }
    return memory.machineAddress(physical);
  }

  /** The machine address of a load-reserved. */
  long reservedAddress(long address, int size) {
    if ((address & size - 1) != 0) {
      throw hart.trap(Cause.LOAD_ADDRESS_MISALIGNED, address);
    }
    long physical = translate(address, PageWalker.LOAD);
    if (!memory.contains(physical, size)) {
      throw hart.trap(Cause.LOAD_ACCESS_FAULT, address);
    }
    return memory.machineAddress(physical);
  }

  /** To be called after an atomic operation has written. */
  void atomicDone() {
    if (watchedAtomic != NOTHING_WATCHED) {
      long physical = watchedAtomic;
      watchedAtomic = NOTHING_WATCHED;
      memory.written(physical, 8);
    }
  }

  private static boolean crosses(long address, int size) {
    return (address & PAGE - 1) + size > PAGE;
  }

  private long loadCrossing(long address, int size) {
    int firstBytes = PAGE - (int) (address & PAGE - 1);
    long first = pagePart(address, PageWalker.LOAD, firstBytes);
    long second = pagePart(address + firstBytes, PageWalker.LOAD, size - firstBytes);
    long value = 0;
    for (int i = size - 1; i >= 0; i--) {
      long at = i < firstBytes ? first + i : second + i - firstBytes;
      value = (value << 8) | (memory.getByte(at) & 0xff);
    }
    return value;
  }

  private void storeCrossing(long address, int size, long value) {
    int firstBytes = PAGE - (int) (address & PAGE - 1);
    // Both pages are known to be writable before the first byte is written.
    long first = pagePart(address, PageWalker.STORE, firstBytes);
    boolean tellFirst = watched;
    long second = pagePart(address + firstBytes, PageWalker.STORE, size - firstBytes);
    boolean tellSecond = watched;
    for (int i = 0; i < size; i++) {
      long at = i < firstBytes ? first + i : second + i - firstBytes;
      RawMemory.putByte(memory.machineAddress(at), (byte) (value >>> (8 * i)));
    }
    if (tellFirst) {
      memory.written(first, firstBytes);
    }
    if (tellSecond) {
      memory.written(second, size - firstBytes);
    }
  }

  /** The guest physical address of one page's part of an access; device registers have none. */
  private long pagePart(long address, int access, int bytes) {
    long physical = translate(address, access);
    if (!memory.contains(physical, bytes)) {
      throw hart.trap(
          access == PageWalker.LOAD ? Cause.LOAD_ACCESS_FAULT : Cause.STORE_ACCESS_FAULT, address);
    }
    return physical;
  }

  /** Walks the page table and enters what it finds in the soft TLB, if it is RAM. */
  private long translate(long address, int access) {
    walks++;
    boolean user = hart.privilege() == Hart.USER;
    ControlRegisters control = hart.control();
    long satp = control.satp();
    int result = walker.walk(satp, address);
    if (result != PageWalker.FOUND) {
      throw fault(result, access, address);
    }
    long leaf = walker.leaf();
    boolean bare = satp >>> PageWalker.SATP_MODE_SHIFT == 0;
    boolean sum = control.sum();
    boolean mxr = control.mxr();
    if (!bare && !PageWalker.permits(leaf, access, user, sum, mxr)) {
      throw fault(PageWalker.PAGE_FAULT, access, address);
    }
    long physical = walker.physical();
    if (memory.contains(physical, 1)) {
      boolean read = bare || PageWalker.permits(leaf, PageWalker.LOAD, user, sum, mxr);
      boolean write = bare || PageWalker.permits(leaf, PageWalker.STORE, user, sum, mxr);
      watched = memory.watched(physical);
      hart.tlb()
          .current()
          .install(
              hart.tlbMode(),
              address,
              memory.machineAddress(physical),
              read,
              write && !watched,
              walker.level());
    }
    return physical;
  }

  private Trap fault(int result, int access, long address) {
    boolean load = access == PageWalker.LOAD;
    if (result == PageWalker.PAGE_FAULT) {
      return hart.trap(load ? Cause.LOAD_PAGE_FAULT : Cause.STORE_PAGE_FAULT, address);
    }
    return hart.trap(load ? Cause.LOAD_ACCESS_FAULT : Cause.STORE_ACCESS_FAULT, address);
  }

  private static long rawLoad(long at, int size) {
    return switch (size) {
      case 1 -> RawMemory.getByte(at) & 0xffL;
      case 2 -> RawMemory.getShort(at) & 0xffffL;
      case 4 -> RawMemory.getInt(at) & 0xffff_ffffL;
      default -> RawMemory.getLong(at);
    };
  }

  private static void rawStore(long at, int size, long value) {
    switch (size) {
      case 1 -> RawMemory.putByte(at, (byte) value);
      case 2 -> RawMemory.putShort(at, (short) value);
      case 4 -> RawMemory.putInt(at, (int) value);
      default -> RawMemory.putLong(at, value);
    }
  }
}
