package org.javisor.riscv.semantics;

import org.javisor.machine.RawMemory;
import org.javisor.riscv.hart.Hart;
import org.javisor.riscv.hart.SoftTlb;

/**
 * The meanings of loads and stores (volume I, sections 2.6, 4.3 and the F and D chapters).
 *
 * <p>Each looks its address up in the soft TLB, in the way {@link SoftTlb} describes, and leaves
 * everything that is not found there to the hart's slow path. They are kept small enough for the
 * JIT compiler to inline them into every engine.
 */
public final class MemorySemantics {
  /** The upper half of a NaN-boxed single. */
  private static final long BOX = -1L << 32;

  private MemorySemantics() {}

  private static long entry(long tlb, long address) {
    return tlb + (address >>> SoftTlb.INDEX_SHIFT & SoftTlb.INDEX_MASK);
  }

  private static boolean misses(long tag, long address, int size) {
    return tag != (address & (SoftTlb.TAG_MASK | size - 1));
  }

  public static long lb(Hart h, long tlb, long address) {
    long entry = entry(tlb, address);
    if (misses(RawMemory.getLong(entry + SoftTlb.READ_TAG), address, 1)) {
      return (byte) h.loadSlow(address, 1);
    }
    return RawMemory.getByte(address + RawMemory.getLong(entry + SoftTlb.ADDEND));
  }

  public static long lbu(Hart h, long tlb, long address) {
    long entry = entry(tlb, address);
    if (misses(RawMemory.getLong(entry + SoftTlb.READ_TAG), address, 1)) {
      return h.loadSlow(address, 1);
    }
    return RawMemory.getByte(address + RawMemory.getLong(entry + SoftTlb.ADDEND)) & 0xffL;
  }

  public static long lh(Hart h, long tlb, long address) {
    long entry = entry(tlb, address);
    if (misses(RawMemory.getLong(entry + SoftTlb.READ_TAG), address, 2)) {
      return (short) h.loadSlow(address, 2);
    }
    return RawMemory.getShort(address + RawMemory.getLong(entry + SoftTlb.ADDEND));
  }

  public static long lhu(Hart h, long tlb, long address) {
    long entry = entry(tlb, address);
    if (misses(RawMemory.getLong(entry + SoftTlb.READ_TAG), address, 2)) {
      return h.loadSlow(address, 2);
    }
    return RawMemory.getShort(address + RawMemory.getLong(entry + SoftTlb.ADDEND)) & 0xffffL;
  }

  public static long lw(Hart h, long tlb, long address) {
    long entry = entry(tlb, address);
    if (misses(RawMemory.getLong(entry + SoftTlb.READ_TAG), address, 4)) {
      return (int) h.loadSlow(address, 4);
    }
    return RawMemory.getInt(address + RawMemory.getLong(entry + SoftTlb.ADDEND));
  }

  public static long lwu(Hart h, long tlb, long address) {
    return lw(h, tlb, address) & 0xffff_ffffL;
  }

  public static long ld(Hart h, long tlb, long address) {
    long entry = entry(tlb, address);
    if (misses(RawMemory.getLong(entry + SoftTlb.READ_TAG), address, 8)) {
      return h.loadSlow(address, 8);
    }
    return RawMemory.getLong(address + RawMemory.getLong(entry + SoftTlb.ADDEND));
  }

  public static void sb(Hart h, long tlb, long address, long value) {
    long entry = entry(tlb, address);
    if (misses(RawMemory.getLong(entry + SoftTlb.WRITE_TAG), address, 1)) {
      h.storeSlow(address, 1, value);
      return;
    }
    RawMemory.putByte(address + RawMemory.getLong(entry + SoftTlb.ADDEND), (byte) value);
  }

  public static void sh(Hart h, long tlb, long address, long value) {
    long entry = entry(tlb, address);
    if (misses(RawMemory.getLong(entry + SoftTlb.WRITE_TAG), address, 2)) {
      h.storeSlow(address, 2, value);
      return;
    }
    RawMemory.putShort(address + RawMemory.getLong(entry + SoftTlb.ADDEND), (short) value);
  }

  public static void sw(Hart h, long tlb, long address, long value) {
    long entry = entry(tlb, address);
    if (misses(RawMemory.getLong(entry + SoftTlb.WRITE_TAG), address, 4)) {
      h.storeSlow(address, 4, value);
      return;
    }
    RawMemory.putInt(address + RawMemory.getLong(entry + SoftTlb.ADDEND), (int) value);
  }

  public static void sd(Hart h, long tlb, long address, long value) {
    long entry = entry(tlb, address);
    if (misses(RawMemory.getLong(entry + SoftTlb.WRITE_TAG), address, 8)) {
      h.storeSlow(address, 8, value);
      return;
    }
    RawMemory.putLong(address + RawMemory.getLong(entry + SoftTlb.ADDEND), value);
  }

  public static long flw(Hart h, long tlb, long address) {
    return lw(h, tlb, address) | BOX;
  }

  public static long fld(Hart h, long tlb, long address) {
    return ld(h, tlb, address);
  }

  public static void fsw(Hart h, long tlb, long address, long value) {
    sw(h, tlb, address, value);
  }

  public static void fsd(Hart h, long tlb, long address, long value) {
    sd(h, tlb, address, value);
  }
}
