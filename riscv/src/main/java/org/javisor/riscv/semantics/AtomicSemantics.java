package org.javisor.riscv.semantics;

import org.javisor.machine.RawMemory;
import org.javisor.riscv.hart.Hart;
import org.javisor.riscv.hart.SoftTlb;

/**
 * The meanings of the A extension (volume I chapter 13): load-reserved, store-conditional, and
 * atomic operations, each by the host's own atomic operation, sequentially consistent. What a
 * reservation is, the package documentation of {@link Hart} says.
 */
public final class AtomicSemantics {
  private AtomicSemantics() {}

  private static long address(Hart h, long address, int size) {
    long entry = h.tlbTable() + (address >>> SoftTlb.INDEX_SHIFT & SoftTlb.INDEX_MASK);
    if (RawMemory.getLong(entry + SoftTlb.WRITE_TAG) == (address & (SoftTlb.TAG_MASK | size - 1))) {
      return address + RawMemory.getLong(entry + SoftTlb.ADDEND);
    }
    return h.atomicAddressSlow(address, size);
  }

  private static long reservedAddress(Hart h, long address, int size) {
    long entry = h.tlbTable() + (address >>> SoftTlb.INDEX_SHIFT & SoftTlb.INDEX_MASK);
    if (RawMemory.getLong(entry + SoftTlb.READ_TAG) == (address & (SoftTlb.TAG_MASK | size - 1))) {
      return address + RawMemory.getLong(entry + SoftTlb.ADDEND);
    }
    return h.reservedAddressSlow(address, size);
  }

  public static long lr_w(Hart h, long address, long value) {
    long at = reservedAddress(h, address, 4);
    int found = RawMemory.getIntVolatile(at);
    // Bit 0 of the address keeps reservations of words and doublewords apart.
    h.reserve(at | 1, found);
    return found;
  }

  public static long lr_d(Hart h, long address, long value) {
    long at = reservedAddress(h, address, 8);
    long found = RawMemory.getLongVolatile(at);
    h.reserve(at, found);
    return found;
  }

  public static long sc_w(Hart h, long address, long value) {
    long at = address(h, address, 4);
    boolean stored =
        h.takeReservation(at | 1)
            && RawMemory.compareAndSetInt(at, (int) h.reservedValue(), (int) value);
    h.atomicDone();
    return stored ? 0 : 1;
  }

  public static long sc_d(Hart h, long address, long value) {
    long at = address(h, address, 8);
    boolean stored =
        h.takeReservation(at) && RawMemory.compareAndSetLong(at, h.reservedValue(), value);
    h.atomicDone();
    return stored ? 0 : 1;
  }

  public static long amoswap_w(Hart h, long address, long value) {
    long at = address(h, address, 4);
    int found = RawMemory.getAndSetInt(at, (int) value);
    h.atomicDone();
    return found;
  }

  public static long amoadd_w(Hart h, long address, long value) {
    long at = address(h, address, 4);
    int found = RawMemory.getAndAddInt(at, (int) value);
    h.atomicDone();
    return found;
  }

  public static long amoxor_w(Hart h, long address, long value) {
    long at = address(h, address, 4);
    int found;
    do {
      found = RawMemory.getIntVolatile(at);
    } while (!RawMemory.compareAndSetInt(at, found, found ^ (int) value));
    h.atomicDone();
    return found;
  }

  public static long amoand_w(Hart h, long address, long value) {
    long at = address(h, address, 4);
    int found;
    do {
      found = RawMemory.getIntVolatile(at);
    } while (!RawMemory.compareAndSetInt(at, found, found & (int) value));
    h.atomicDone();
    return found;
  }

  public static long amoor_w(Hart h, long address, long value) {
    long at = address(h, address, 4);
    int found;
    do {
      found = RawMemory.getIntVolatile(at);
    } while (!RawMemory.compareAndSetInt(at, found, found | (int) value));
    h.atomicDone();
    return found;
  }

  public static long amomin_w(Hart h, long address, long value) {
    long at = address(h, address, 4);
    int found;
    do {
      found = RawMemory.getIntVolatile(at);
    } while (!RawMemory.compareAndSetInt(at, found, Math.min(found, (int) value)));
    h.atomicDone();
    return found;
  }

  public static long amomax_w(Hart h, long address, long value) {
    long at = address(h, address, 4);
    int found;
    do {
      found = RawMemory.getIntVolatile(at);
    } while (!RawMemory.compareAndSetInt(at, found, Math.max(found, (int) value)));
    h.atomicDone();
    return found;
  }

  public static long amominu_w(Hart h, long address, long value) {
    long at = address(h, address, 4);
    int found;
    do {
      found = RawMemory.getIntVolatile(at);
    } while (!RawMemory.compareAndSetInt(
        at, found, Integer.compareUnsigned(found, (int) value) <= 0 ? found : (int) value));
    h.atomicDone();
    return found;
  }

  public static long amomaxu_w(Hart h, long address, long value) {
    long at = address(h, address, 4);
    int found;
    do {
      found = RawMemory.getIntVolatile(at);
    } while (!RawMemory.compareAndSetInt(
        at, found, Integer.compareUnsigned(found, (int) value) >= 0 ? found : (int) value));
    h.atomicDone();
    return found;
  }

  public static long amoswap_d(Hart h, long address, long value) {
    long at = address(h, address, 8);
    long found = RawMemory.getAndSetLong(at, value);
    h.atomicDone();
    return found;
  }

  public static long amoadd_d(Hart h, long address, long value) {
    long at = address(h, address, 8);
    long found = RawMemory.getAndAddLong(at, value);
    h.atomicDone();
    return found;
  }

  public static long amoxor_d(Hart h, long address, long value) {
    long at = address(h, address, 8);
    long found;
    do {
      found = RawMemory.getLongVolatile(at);
    } while (!RawMemory.compareAndSetLong(at, found, found ^ value));
    h.atomicDone();
    return found;
  }

  public static long amoand_d(Hart h, long address, long value) {
    long at = address(h, address, 8);
    long found;
    do {
      found = RawMemory.getLongVolatile(at);
    } while (!RawMemory.compareAndSetLong(at, found, found & value));
    h.atomicDone();
    return found;
  }

  public static long amoor_d(Hart h, long address, long value) {
    long at = address(h, address, 8);
    long found;
    do {
      found = RawMemory.getLongVolatile(at);
    } while (!RawMemory.compareAndSetLong(at, found, found | value));
    h.atomicDone();
    return found;
  }

  public static long amomin_d(Hart h, long address, long value) {
    long at = address(h, address, 8);
    long found;
    do {
      found = RawMemory.getLongVolatile(at);
    } while (!RawMemory.compareAndSetLong(at, found, Math.min(found, value)));
    h.atomicDone();
    return found;
  }

  public static long amomax_d(Hart h, long address, long value) {
    long at = address(h, address, 8);
    long found;
    do {
      found = RawMemory.getLongVolatile(at);
    } while (!RawMemory.compareAndSetLong(at, found, Math.max(found, value)));
    h.atomicDone();
    return found;
  }

  public static long amominu_d(Hart h, long address, long value) {
    long at = address(h, address, 8);
    long found;
    do {
      found = RawMemory.getLongVolatile(at);
    } while (!RawMemory.compareAndSetLong(
        at, found, Long.compareUnsigned(found, value) <= 0 ? found : value));
    h.atomicDone();
    return found;
  }

  public static long amomaxu_d(Hart h, long address, long value) {
    long at = address(h, address, 8);
    long found;
    do {
      found = RawMemory.getLongVolatile(at);
    } while (!RawMemory.compareAndSetLong(
        at, found, Long.compareUnsigned(found, value) >= 0 ? found : value));
    h.atomicDone();
    return found;
  }
}
